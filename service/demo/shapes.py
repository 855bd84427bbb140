"""How each kind of product looks, as SVG fragments on a canvas of 240 x 240.

`$main`, `$dark`, `$deep` and `$light` are tones of the item's colour, `$accent` is a second colour; `MARK` says
where the brand's sign goes and how large it is (x, y, half its width). Line breaks are dropped when it is drawn.
"""

from typing import Final

_LINE: Final = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'

SNEAKERS: Final = f"""
<path fill="$main" d="M36 158V108c0-11 12-15 20-8 12 11 27 9 36-4l8-11c14 22 38 40 68 46 24 5 38 13 38 27z"/>
<path fill="$dark" d="M36 158v-26c22 10 52 12 74 26zM172 132c22 5 34 13 34 26h-46c-4-12 1-22 12-26z"/>
<path stroke="$light" stroke-width="5" {_LINE} d="M104 108l16-9M116 119l16-9M130 128l15-9"/>
<path fill="$accent" d="M36 104c2-8 13-11 20-4l2 2v22c-9-3-17-10-22-20z"/>
<path fill="#fff" d="M30 158h180v8c0 9-6 15-15 15H45c-9 0-15-6-15-15z"/>
<path stroke="$deep" stroke-width="3" {_LINE} d="M40 170h160"/>
"""
BOOTS: Final = f"""
<path fill="$main" d="M72 44h66v78c4 10 16 14 32 18 22 5 34 14 34 32v8H72z"/>
<path fill="$dark" d="M72 44h30v70c0 30-10 50-30 58zM160 180c-4-18 4-32 18-37 17 6 26 15 26 29v8z"/>
<path fill="$accent" d="M66 38h78v18H66z"/>
<path stroke="$light" stroke-width="5" {_LINE} d="M112 78h24M112 94h24M114 110h24M120 126h24"/>
<path fill="$deep" d="M66 178h144v14H112l-6 12H66z"/>
"""
SANDALS: Final = f"""
<path fill="$deep" d="M36 162c30-8 52-34 84-36 40-2 60 20 86 26v14c0 8-6 12-14 12H48c-8 0-12-6-12-16z"/>
<path fill="$light" d="M36 156c30-8 52-34 84-36 40-2 60 20 86 26v8c-30 4-56 0-90-2s-56 8-80 8z"/>
<path stroke="$main" stroke-width="17" {_LINE} d="M58 146C62 104 84 86 110 92M128 136c6-24 30-32 56-2"/>
<path stroke="$dark" stroke-width="8" {_LINE} d="M108 92c10 14 12 28 10 44"/>
<circle cx="110" cy="92" r="10" fill="$accent"/>
"""
T_SHIRTS: Final = f"""
<path fill="$main" d="M86 48c18 14 50 14 68 0l48 28-18 40-22-10v92H78v-92l-22 10-18-40z"/>
<path fill="$dark" d="M38 76l12-7 22 38-16 9zM202 76l-12-7-22 38 16 9zM78 186h84v12H78z"/>
<path stroke="$accent" stroke-width="7" {_LINE} d="M86 48c18 16 50 16 68 0"/>
"""
SHIRTS: Final = f"""
<path fill="$main" d="M90 46h60l40 24 16 96-28 6-16-60v86H78v-86l-16 60-28-6 16-96z"/>
<path fill="$dark" d="M34 166l28 6 3-13-29-6zM206 166l-28 6-3-13 29-6zM90 46l30 26-22 20-18-40zM150 46
l-30 26 22 20 18-40z"/>
<path stroke="$deep" stroke-width="2.5" {_LINE} d="M120 74v122"/>
<g fill="$accent"><circle cx="126" cy="98" r="4"/><circle cx="126" cy="124" r="4"/><circle cx="126" cy="150" r="4"/>
<circle cx="126" cy="176" r="4"/></g>
"""
KNITWEAR: Final = f"""
<path fill="$main" d="M92 48h56l38 20 18 98-30 6-14-54v80H80v-80l-14 54-30-6 18-98z"/>
<path fill="$dark" d="M80 184h80v14H80zM33 157l31 7-2 12-31-7zM207 157l-31 7 2 12 31-7zM90 42h60v16H90z"/>
<path stroke="$light" stroke-width="4" {_LINE} d="M82 132l10-9 9 9 10-9 9 9 10-9 9 9 10-9 9 9"/>
<path stroke="$accent" stroke-width="4" {_LINE} d="M82 148l10-9 9 9 10-9 9 9 10-9 9 9 10-9 9 9"/>
<path stroke="$dark" stroke-width="2" {_LINE} d="M98 66v52M120 68v50M142 66v52"/>
"""
TROUSERS: Final = f"""
<path fill="$main" d="M80 42h80l16 158h-42l-14-96-14 96H64z"/>
<path fill="$dark" d="M80 42h80l2 16H78zM64 200l2-14h41l-1 14zM176 200l-2-14h-41l1 14zM120 104l7 48V60h-7z"/>
<path stroke="$deep" stroke-width="3" {_LINE} d="M84 62c2 14-2 20-8 24M156 62c-2 14 2 20 8 24M120 58v40"/>
<circle cx="120" cy="50" r="4.5" fill="$accent"/>
"""
DRESSES: Final = f"""
<path fill="$main" d="M96 36l8 30h32l8-30h10l6 46-12 32 40 84c-40 14-96 14-136 0l40-84-12-32 6-46z"/>
<path fill="$dark" d="M92 114l-40 84c14 5 29 8 44 9l22-93zM104 66h32l-16 20z"/>
<path fill="$accent" d="M90 108h60l4 11H86z"/>
<path stroke="$light" stroke-width="3" {_LINE} d="M128 128l12 72M142 126l28 68"/>
"""
JACKETS: Final = f"""
<path fill="$main" d="M88 44h64l40 22 14 98-30 6-12-52v82H76v-82l-12 52-30-6 14-98z"/>
<path fill="$dark" d="M120 60h12v140h-12zM88 40h64l-10 22h-44zM76 184h88v16H76zM36 152l31 6-3 12-30-6zM204 152
l-31 6 3 12 30-6z"/>
<path stroke="$accent" stroke-width="4" {_LINE} d="M120 64v134"/>
<path stroke="$deep" stroke-width="4" {_LINE} d="M86 140l22 10M154 140l-20 10"/>
<path fill="$light" d="M76 104h44v8H76zM132 104h32v8h-32z"/>
"""
BACKPACKS: Final = f"""
<path stroke="$deep" stroke-width="9" {_LINE} d="M98 58c0-28 44-28 44 0"/>
<rect fill="$dark" x="46" y="104" width="148" height="82" rx="22"/>
<rect fill="$main" x="60" y="52" width="120" height="150" rx="38"/>
<path fill="$light" d="M60 90c0-21 17-38 38-38h44c21 0 38 17 38 38v12H60z"/>
<rect fill="$dark" x="76" y="136" width="88" height="52" rx="14"/>
<path stroke="$accent" stroke-width="5" {_LINE} d="M84 150h72M78 102h84"/>
"""
TOTES: Final = f"""
<path stroke="$deep" stroke-width="8" {_LINE} d="M86 108V78c0-46 68-46 68 0v30"/>
<path fill="$main" d="M48 94h144l12 96c1 8-4 14-12 14H48c-8 0-13-6-12-14z"/>
<path fill="$dark" d="M38 176h164l2 14c1 8-4 14-12 14H48c-8 0-13-6-12-14z"/>
<path fill="$light" d="M48 94h144l2 14H46z"/>
<path fill="$accent" d="M80 106h12v20H80zM148 106h12v20h-12z"/>
"""
WATCHES: Final = f"""
<path fill="$dark" d="M96 28h48l8 46H88zM88 166h64l-8 46H96z"/>
<path fill="$main" d="M100 28h40l6 42H94zM94 170h52l-6 42h-40z"/>
<rect fill="$deep" x="176" y="112" width="12" height="16" rx="4"/>
<circle cx="120" cy="120" r="60" fill="$deep"/><circle cx="120" cy="120" r="50" fill="#fffdf8"/>
<path stroke="$dark" stroke-width="4" {_LINE} d="M120 78v8M120 154v8M78 120h8M154 120h8"/>
<path stroke="$deep" stroke-width="5" {_LINE} d="M120 120V94M120 120l20 12"/>
<path stroke="$accent" stroke-width="3" {_LINE} d="M120 120l-16 24"/><circle cx="120" cy="120" r="5" fill="$accent"/>
"""
SUNGLASSES: Final = f"""
<path stroke="$dark" stroke-width="9" {_LINE} d="M34 104L20 82M206 104l14-22"/>
<path fill="$main" d="M28 96h84c4 6 12 6 16 0h84v12c0 34-16 54-44 54-26 0-40-18-42-46h-12
c-2 28-16 46-42 46-28 0-44-20-44-54z"/>
<path fill="#20242c" d="M40 108h62c0 28-10 42-31 42S40 136 40 108zM138 108h62c0 28-10 42-31 42s-31-14-31-42z"/>
<path fill="$accent" opacity=".55" d="M40 108h62c0 8-1 14-3 20H43c-2-6-3-12-3-20zM138 108h62c0 8-1 14-3 20h-56
c-2-6-3-12-3-20z"/>
<path stroke="#fff" stroke-width="5" opacity=".6" {_LINE} d="M52 132l18-18M150 132l18-18"/>
"""
HATS: Final = """
<path fill="$dark" d="M24 162c0-12 40-22 96-22s96 10 96 22-40 22-96 22-96-10-96-22z"/>
<path fill="$main" d="M66 160c0-56 8-96 32-96 10 0 14 6 22 6s12-6 22-6c24 0 32 40 32 96-20 12-88 12-108 0z"/>
<path fill="$accent" d="M65 138c24 10 86 10 110 0l1 22c-22 12-90 12-112 0z"/>
<path fill="$light" opacity=".7" d="M92 76c-8 10-12 28-13 50 4 2 8 3 12 3 0-22 2-40 8-52z"/>
"""
SCARVES: Final = f"""
<path fill="$dark" d="M136 112l34 76-34 14-28-76z"/>
<path fill="$main" d="M60 74c20-36 100-36 120 0 10 22-8 44-60 44S50 96 60 74zM96 112l30 6-8 84H78z"/>
<path fill="$deep" d="M82 78c14-18 62-18 76 0 4 10-10 18-38 18s-42-8-38-18z"/>
<path fill="$accent" d="M84 160h38l-1 10H82zM81 178h39l-1 9H80z"/>
<path stroke="$light" stroke-width="4" {_LINE} d="M66 96c14 14 92 16 108 0M84 202v12M96 202v12M108 202v12
M142 200l4 10M154 195l4 10"/>
"""
LAMPS: Final = """
<ellipse cx="120" cy="134" rx="86" ry="46" fill="#ffe9a8" opacity=".75"/>
<path fill="$main" d="M84 40h72l34 90H50z"/>
<path fill="$dark" d="M84 40h18l-24 90H50z"/><path fill="$light" d="M140 40h10l28 90h-16z"/>
<path fill="$deep" d="M115 130h10v62h-10z"/><path fill="$accent" d="M54 120h132l4 10H50z"/>
<path fill="$deep" d="M84 204c0-10 16-16 36-16s36 6 36 16z"/>
"""
MUGS: Final = f"""
<path stroke="$dark" stroke-width="15" {_LINE} d="M164 100c46-8 46 64-4 58"/>
<path fill="$main" d="M56 72h112v92c0 20-12 32-30 32H86c-18 0-30-12-30-32z"/>
<path fill="$dark" d="M56 72h26v124h4c-18 0-30-12-30-32z" opacity=".6"/>
<ellipse cx="112" cy="72" rx="56" ry="13" fill="$light"/><ellipse cx="112" cy="73" rx="47" ry="9" fill="#5b3a29"/>
<path fill="$accent" d="M56 164h112l-1 12H57z"/>
<path stroke="$deep" stroke-width="4" opacity=".35" {_LINE} d="M96 48c-8-10 8-14 0-24M120 48c-8-10 8-14 0-24"/>
"""
CUSHIONS: Final = f"""
<path fill="$main" d="M44 50c50 10 102 10 152 0 8 0 10 4 8 12-8 40-8 76 0 116 2 8 0 14-8 12-50-10-102-10-152 0
-8 2-10-4-8-12 8-40 8-76 0-116-2-8 0-12 8-12z"/>
<path fill="$dark" d="M196 190c-50-10-102-10-152 0-8 2-10-4-8-12l3-17c56-9 106-9 162 0l3 17c2 8 0 14-8 12z"/>
<path stroke="$accent" stroke-width="8" {_LINE} d="M45 96c52 8 98 8 150 0"/>
<path stroke="$light" stroke-width="5" {_LINE} d="M43 112c52 8 102 8 154 0M46 80c52 8 96 8 148 0"/>
"""
VASES: Final = f"""
<path stroke="#6d8b5f" stroke-width="4" {_LINE} d="M116 82C112 60 96 46 84 38M124 82c2-26 12-42 30-52M120 82V34"/>
<g fill="$accent"><circle cx="82" cy="36" r="11"/><circle cx="156" cy="30" r="11"/><circle cx="120" cy="28" r="13"/></g>
<g fill="#fff3d6"><circle cx="82" cy="36" r="4"/><circle cx="156" cy="30" r="4"/><circle cx="120" cy="28" r="5"/></g>
<path fill="$main" d="M98 78h44c2 26 34 34 34 78 0 26-18 48-40 48h-32c-22 0-40-22-40-48 0-44 32-52 34-78z"/>
<path fill="$dark" d="M98 78h16c-2 30-24 38-24 78 0 20 6 38 18 48h-4c-22 0-40-22-40-48 0-44 32-52 34-78z"/>
<rect fill="$light" x="92" y="72" width="56" height="12" rx="6"/>
"""
CHAIRS: Final = f"""
<path stroke="$deep" stroke-width="9" {_LINE} d="M80 146l-14 62M160 146l14 62M96 146l-4 50M144 146l4 50"/>
<path fill="$main" d="M70 40c30-10 70-10 100 0 6 32 4 62-6 94H76C66 102 64 72 70 40z"/>
<path fill="$dark" d="M70 40c8-3 17-5 26-6-6 34-4 66 6 100H76C66 102 64 72 70 40z"/>
<rect fill="$light" x="58" y="126" width="124" height="26" rx="13"/>
<path fill="$accent" d="M64 143h112a13 13 0 0 1-7 9H71a13 13 0 0 1-7-9z"/>
"""
PARCEL: Final = """
<path fill="$main" d="M48 84l72-32 72 32v84l-72 36-72-36z"/><path fill="$dark" d="M48 84l72 34v86l-72-36z"/>
<path fill="$light" d="M48 84l72-32 72 32-72 34z"/><path fill="$accent" d="M80 70l72 34v26l-14 6v-26L66 76z"/>
"""

SHAPES: Final = {
    "sneakers": SNEAKERS,
    "boots": BOOTS,
    "sandals": SANDALS,
    "t-shirts": T_SHIRTS,
    "shirts": SHIRTS,
    "knitwear": KNITWEAR,
    "trousers": TROUSERS,
    "dresses": DRESSES,
    "jackets": JACKETS,
    "backpacks": BACKPACKS,
    "totes": TOTES,
    "watches": WATCHES,
    "sunglasses": SUNGLASSES,
    "hats": HATS,
    "scarves": SCARVES,
    "lamps": LAMPS,
    "mugs": MUGS,
    "cushions": CUSHIONS,
    "vases": VASES,
    "chairs": CHAIRS,
}
MARK: Final = {
    "sneakers": (92, 144, 9),
    "boots": (90, 100, 9),
    "t-shirts": (120, 112, 16),
    "shirts": (98, 118, 8),
    "knitwear": (120, 96, 9),
    "trousers": (86, 112, 7),
    "jackets": (146, 82, 8),
    "backpacks": (120, 76, 11),
    "totes": (120, 150, 17),
    "hats": (120, 152, 8),
    "lamps": (120, 88, 11),
    "mugs": (116, 122, 17),
    "cushions": (120, 140, 12),
    "vases": (124, 148, 12),
    "chairs": (124, 84, 11),
    "dresses": (120, 99, 5),
    "scarves": (101, 142, 8),
}
