# ruff: noqa: RUF001 - a reader should see the apostrophe that printers set
"""The shop's words, in English and French."""

from typing import Final

from service.demo.words import LANGUAGES

_PHRASES: Final = {
    "skip": ("Skip to the content", "Aller au contenu"),
    "welcome": ("A shop that listens", "Une boutique à l’écoute"),
    "intro": (
        "Look around. With your consent, what you look at puts the shop in order for you.",
        "Flânez. Avec votre accord, ce que vous regardez range la boutique pour vous.",
    ),
    "departments": ("Departments", "Rayons"),
    "search": ("Search", "Rechercher"),
    "search_hint": ("Red shoes, lamp…", "Baskets rouges, lampe…"),
    "results": ("Results for “{term}”", "Résultats pour «\N{NO-BREAK SPACE}{term}\N{NO-BREAK SPACE}»"),
    "no_results": (
        "Nothing found. Try a colour or a category.",
        "Rien trouvé. Essayez une couleur ou un rayon.",
    ),
    "cart": ("Cart", "Panier"),
    "empty": ("Your cart is empty.", "Votre panier est vide."),
    "browse": ("Look around the shop", "Parcourir la boutique"),
    "add": ("Add to cart", "Ajouter au panier"),
    "add_name": ("Add {name} to the cart", "Ajouter {name} au panier"),
    "consent": ("Consent", "Consentement"),
    "products": ("{n} products", "{n} produits"),
    "way": ("Where you are", "Où vous êtes"),
    "front": ("Shop", "Boutique"),
    "kind": ("Kind", "Genre"),
    "color": ("Colour", "Couleur"),
    "sizes": ("Sizes", "Tailles"),
    "stock": ("Stock", "Stock"),
    "in_stock": ("In stock", "En stock"),
    "rating": ("Rating", "Note"),
    "unpaid": ("Nothing is paid in this demo.", "Rien n’est payé dans cette démo."),
    "to_whom": ("Where does it go?", "Où l’envoyer\N{NARROW NO-BREAK SPACE}?"),
    "up": ("{n} places up", "{n} rangs plus haut"),
    "down": ("{n} places down", "{n} rangs plus bas"),
    "footer": (
        "An invented shop that shows what Balad does. Pictures are drawn, nothing is sold.",
        "Une boutique inventée qui montre ce que fait Balad. Les images sont dessinées, rien n’est vendu.",
    ),
    "take_out": ("Remove", "Retirer"),
    "take_name": ("Remove {name}", "Retirer {name}"),
    "total": ("Total", "Total"),
    "to_checkout": ("Checkout", "Passer commande"),
    "checkout": ("Checkout", "Commande"),
    "name": ("Name", "Nom"),
    "address": ("Address", "Adresse"),
    "unsent": (
        "This is a demo: nothing is paid, and name and address are not kept.",
        "Ceci est une démo\N{NARROW NO-BREAK SPACE}: rien n’est payé, nom et adresse ne sont pas gardés.",
    ),
    "place_order": ("Place the order", "Commander"),
    "thanks": ("Thank you for your order", "Merci de votre commande"),
    "number": ("Order number", "Numéro de commande"),
    "sold_out": ("Sold out", "Épuisé"),
    "for_you": ("For you", "Pour vous"),
    "with_this": ("Goes with this", "Va bien avec"),
    "with_cart": ("Goes with your cart", "Va bien avec votre panier"),
    "best": ("Best sellers", "Meilleures ventes"),
    "all_of": ("All", "Tout"),
    "yours": ("In order for you", "Rangé pour vous"),
    "shops": ("The shop’s own order", "L’ordre de la boutique"),
    "compare": ("Compare with the shop’s order", "Comparer à l’ordre de la boutique"),
    "uncompare": ("One order only", "Un seul ordre"),
    "lab": ("Click by click, side by side", "Clic après clic, côte à côte"),
    "ask": (
        "May this shop remember what you look at, to put what you may like first?",
        "Cette boutique peut-elle retenir ce que vous regardez, pour mieux choisir\N{NARROW NO-BREAK SPACE}?",
    ),
    "yes": ("Yes, remember", "Oui, retenir"),
    "no": ("No, thank you", "Non, merci"),
    "panel": ("What Balad knows", "Ce que Balad sait"),
    "visitor": ("You are", "Vous êtes"),
    "nobody": (
        "You have not agreed, so nothing is known of you, and you see the shop’s own order.",
        "Sans votre accord, rien n’est su de vous, et vous voyez l’ordre de la boutique.",
    ),
    "agree": ("I agree to be remembered", "J’accepte qu’on se souvienne de moi"),
    "withdraw": ("Remember no more", "Ne plus retenir"),
    "forget": ("Forget me", "Oubliez-moi"),
    "forgotten": (
        "You are forgotten: what was known is erased, and the log follows within a minute.",
        "Vous êtes oublié\N{NARROW NO-BREAK SPACE}: ce qui était su est effacé, et le journal suit d’ici une minute.",
    ),
    "refresh": ("Look again", "Actualiser"),
    "events": ("What you did", "Ce que vous avez fait"),
    "nothing": ("Nothing yet.", "Rien encore."),
    "known_count": (
        "{events} events and {rankings} rankings are kept",
        "{events} événements et {rankings} classements sont gardés",
    ),
    "why": ("Why this order?", "Pourquoi cet ordre\N{NARROW NO-BREAK SPACE}?"),
    "no_why": ("the shop’s own place", "la place de la boutique"),
    "suits": ("liked by many here", "apprécié de beaucoup ici"),
    "unreachable": ("The service does not answer.", "Le service ne répond pas."),
    "view_item_list": ("saw", "vu"),
    "select_item": ("chose", "choisi"),
    "view_item": ("looked at", "regardé"),
    "add_to_cart": ("into the cart", "mis au panier"),
    "remove_from_cart": ("out of the cart", "retiré du panier"),
    "begin_checkout": ("to the checkout", "passé en caisse"),
    "purchase": ("ordered", "commandé"),
    "event_search": ("searched", "cherché"),
}


def phrases(language: str) -> dict[str, str]:
    """Return every phrase in one of LANGUAGES.

    >>> phrases("fr")["cart"]
    'Panier'
    """
    which = LANGUAGES.index(language)
    return {name: pair[which] for name, pair in _PHRASES.items()}
