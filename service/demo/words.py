# ruff: noqa: RUF001 - a reader should see the apostrophe that printers set
"""The demo page's words, in English and French. A word without translation would be a KeyError in the tests."""

from typing import Final

LANGUAGES: Final = ("en", "fr")

_PHRASES: Final = {
    "title": ("A shop that listens", "Une boutique à l’écoute"),
    "lead": (
        (
            "Click what you like: Balad puts the listing in order for you, click by click. Beside it stays "
            "the shop’s own order, for comparison."
        ),
        (
            "Cliquez sur ce qui vous plaît\N{NARROW NO-BREAK SPACE}: Balad range la page pour vous, clic après "
            "clic. À côté reste l’ordre de la boutique, pour comparer."
        ),
    ),
    "skip": ("Skip to the products", "Aller aux produits"),
    "choose": ("Category", "Rayon"),
    "home": ("All the shop", "Toute la boutique"),
    "yours": ("In order for you", "Rangé pour vous"),
    "shops": ("The shop’s own order", "L’ordre de la boutique"),
    "yours_short": ("For you", "Pour vous"),
    "shops_short": ("The shop’s order", "La boutique"),
    "compare": ("Which order to show", "Quel ordre afficher"),
    "newcomer": ("New visitor", "Nouveau visiteur"),
    "consent": ("I agree to be remembered", "J’accepte qu’on se souvienne de moi"),
    "status": ("This ranking", "Ce classement"),
    "personalized": ("Personalised", "Personnalisé"),
    "yes": ("Yes", "Oui"),
    "no": ("No", "Non"),
    "latency": ("Answered in", "Répondu en"),
    "moved": ("Moved", "Déplacés"),
    "moved_of": ("{n} of {all}", "{n} sur {all}"),
    "model": ("Model", "Modèle"),
    "visitor": ("Visitor", "Visiteur"),
    "session": ("What you did", "Ce que vous avez fait"),
    "nothing": (
        "Nothing yet: the order is the best guess for somebody unknown.",
        "Rien encore\N{NARROW NO-BREAK SPACE}: l’ordre est le meilleur pari pour une personne inconnue.",
    ),
    "cart": ("Cart", "Panier"),
    "order": ("Order", "Commander"),
    "take": ("Add {name} to the cart", "Mettre {name} au panier"),
    "leave": ("Take {name} out of the cart", "Retirer {name} du panier"),
    "up": ("up {n} from the shop’s place", "{n} rangs plus haut que dans la boutique"),
    "down": ("down {n} from the shop’s place", "{n} rangs plus bas que dans la boutique"),
    "same": ("same place as in the shop", "même rang que dans la boutique"),
    "sold_out": ("Sold out", "Épuisé"),
    "did_look": ("Looked at", "Regardé"),
    "did_take": ("Put in the cart", "Mis au panier"),
    "did_leave": ("Taken out", "Retiré"),
    "did_order": ("Ordered", "Commandé"),
    "reordered": ("{n} products changed places.", "{n} produits ont changé de rang."),
    "wait": ("One moment…", "Un instant…"),
    "offline": (
        "The service does not answer. The shop’s order stays as it is.",
        "Le service ne répond pas. L’ordre de la boutique reste en place.",
    ),
}
_REASONS: Final = {
    "off_by_merchant": ("switched off for this page", "désactivé pour cette page"),
    "kill_switch": ("everything is stopped", "tout est arrêté"),
    "no_consent": ("you have not agreed", "vous n’avez pas donné votre accord"),
    "opted_out": ("you have objected", "vous avez dit non"),
    "control": ("you are in the comparison group", "vous êtes dans le groupe témoin"),
    "shadow": ("Balad only watches here", "Balad observe seulement"),
    "not_enough_data": ("too little is known yet", "on en sait trop peu encore"),
    "no_model": ("no model yet", "pas encore de modèle"),
    "store_unavailable": ("the memory is away", "la mémoire est absente"),
    "timeout": ("it took too long", "c’était trop long"),
    "unreachable": ("the service does not answer", "le service ne répond pas"),
}
_CATEGORIES: Final = {
    "shoes": ("Shoes", "Chaussures"),
    "clothing": ("Clothing", "Vêtements"),
    "bags": ("Bags", "Sacs"),
    "accessories": ("Accessories", "Accessoires"),
    "home": ("Home", "Maison"),
    "sneakers": ("Sneakers", "Baskets"),
    "boots": ("Boots", "Bottines"),
    "sandals": ("Sandals", "Sandales"),
    "t-shirts": ("T-shirts", "T-shirts"),
    "shirts": ("Shirts", "Chemises"),
    "knitwear": ("Knitwear", "Pulls"),
    "trousers": ("Trousers", "Pantalons"),
    "dresses": ("Dresses", "Robes"),
    "jackets": ("Jackets", "Vestes"),
    "backpacks": ("Backpacks", "Sacs à dos"),
    "totes": ("Totes", "Cabas"),
    "watches": ("Watches", "Montres"),
    "sunglasses": ("Sunglasses", "Lunettes de soleil"),
    "hats": ("Hats", "Chapeaux"),
    "scarves": ("Scarves", "Écharpes"),
    "lamps": ("Lamps", "Lampes"),
    "mugs": ("Mugs", "Tasses"),
    "cushions": ("Cushions", "Coussins"),
    "vases": ("Vases", "Vases"),
    "chairs": ("Chairs", "Chaises"),
}
_COLORS: Final = {
    "black": ("black", "noir"),
    "white": ("white", "blanc"),
    "grey": ("grey", "gris"),
    "beige": ("beige", "beige"),
    "brown": ("brown", "marron"),
    "red": ("red", "rouge"),
    "orange": ("orange", "orange"),
    "yellow": ("yellow", "jaune"),
    "green": ("green", "vert"),
    "blue": ("blue", "bleu"),
    "purple": ("purple", "violet"),
    "pink": ("pink", "rose"),
}


def words(language: str) -> dict[str, dict[str, str]]:
    """Return every phrase, reason, category and colour in one of LANGUAGES.

    >>> words("fr")["colors"]["red"]
    'rouge'
    """
    which = LANGUAGES.index(language)
    tables = {"phrases": _PHRASES, "reasons": _REASONS, "categories": _CATEGORIES, "colors": _COLORS}
    return {name: {key: pair[which] for key, pair in table.items()} for name, table in tables.items()}
