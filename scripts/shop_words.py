"""What the invented shop is made of: names, places, and what it sells."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = {
    "de": (
        "Anna Laura Lea Sandra Ursula Monika Nina Sarah Claudia Regula",
        "Peter Daniel Beat Urs Marco Lukas Jürg Stefan Reto Simon",
        "Müller Meier Keller Huber Frei Baumann Gerber Zürcher Bühler Wyss Schär Käser Rüegg Näf Brönnimann",
    ),
    "fr": (
        "Chloé Marie Sophie Céline Aurélie Hélène Isabelle Léa Manon Nathalie",
        "Luc Pierre François Jérôme Olivier Rémy Didier Yann Cédric Noël",
        "Favre Rochat Dubois Morel Girard Béguin Pittet Cuendet Aebischer Rossier Chappuis Jaccard Monnier Blanc",
    ),
    "en": (
        "Iris Emma Grace Olivia Alice Ruby Hannah Molly Zoe Jane",
        "Jack Oliver Harry Noah Leo Arthur Adam Theo Max Henry",
        "Miller Smith Taylor Brown Wilson Clark Hall Young King Baker Turner Cooper Reed Bell",
    ),
}
PLACES = {
    "CH de": "8001 Zürich|3011 Bern|4051 Basel|6003 Luzern|9000 St. Gallen|8400 Winterthur|7000 Chur|5000 Aarau",
    "CH fr": "1003 Lausanne|1204 Genève|2000 Neuchâtel|1700 Fribourg|1950 Sion|2502 Biel/Bienne",
    "LI": "9490 Vaduz|9494 Schaan",
    "DE": "79098 Freiburg|78462 Konstanz|80331 München",
    "AT": "6900 Bregenz|6020 Innsbruck",
    "US": "10011 New York|02108 Boston|07030 Hoboken",
}
STREETS = {
    "de": "Bahnhofstrasse|Seestrasse|Hauptgasse|Mühleweg|Dorfstrasse|Kirchgasse",
    "fr": "Rue du Lac|Rue de la Gare|Chemin des Vignes|Avenue de Cour|Grand-Rue",
    "en": "Main Street|Bleecker Street|Beacon Street|Washington Avenue",
}
COMPANIES = "Treuhand|Architekten|Garage|Praxis|Druckerei|Hotel|Schreinerei|Informatik|Kanzlei|Gemeinde"


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold; `price` in Rappen, `share` how often it is chosen."""

    name: str
    category: str
    price: int
    share: float


PRODUCTS = (
    Product("Bergröstung", "coffee", 1450, 24),
    Product("Crema Ticino", "coffee", 1250, 20),
    Product("Espresso Notte", "coffee", 1390, 14),
    Product("Filter Jura", "coffee", 1320, 9),
    Product("Decaf Säntis", "coffee", 1490, 6),
    Product("Kräutertee Engadin", "tea", 890, 8),
    Product("Earl Grey", "tea", 1190, 5),
    Product("French Press", "accessories", 3900, 5),
    Product("Kaffeemühle", "accessories", 12900, 3),
    Product("Siebträger Piccolo", "machines", 54900, 1.0),
    Product("Bürovollautomat", "machines", 189000, 0.5),
)
