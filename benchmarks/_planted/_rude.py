"""Rude sentences and slurs as replies have them, and words that look rude and are none.

They stand here because what must be found has to be written down somewhere. Each is a carrier and
what it carries.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

Said = tuple[str, str]

RUDE: dict[str, tuple[Said, ...]] = {
    "strong": (
        ("That is {}, sorry.", "bullshit"), ("Read the {} page first.", "fucking"), ("{} happens.", "Shit"),
        ("Don't be such an {}.", "asshole"), ("{} off if you don't like it.", "Fuck"), ("What a {} that guest was.", "bitch"),
        ("He's a {} about it.", "dickhead"), ("Stop being a {}.", "cunt"), ("It's a {}ing mess.", "fuck"),
    ),
    "disguised": (
        ("What the {}?", "f*ck"), ("No {}.", "sh1t"), ("It's {} great.", "f**king"), ("She's a {}.", "b!tch"),
        ("{} you too.", "F#ck"), ("You {}!", "a$$hole"), ("Oh {}, it's closed.", "s**t"), ("{} off!", "Fuuuck"),
    ),
    "coarse": (
        ("Oh {}, we forgot that.", "crap"), ("It's none of your {} business.", "damn"), ("He was really {} off.", "pissed"),
        ("Well, {} you then.", "screw"), ("Move your {}.", "ass"), ("{} it, it's late.", "Damn"),
    ),
    "insult": (
        ("You must be an {} to ask that.", "idiot"), ("Only a {} would pay more.", "moron"), ("{}, please.", "Shut up"),
        ("Are you {} or what?", "stupid"), ("Some {} broke the lift.", "dumbass"), ("Don't be {}, just read.", "dumb"),
    ),
    "slur": (
        ("We don't want a {} in here.", "faggot"), ("The place is full of {}.", "pakis"), ("He's a {}.", "nigger"),
        ("Some {} asked as well.", "chink"), ("A {} sat next to us.", "tranny"), ("She's a {}, isn't she.", "dyke"),
        ("It's run by {}.", "wetbacks"), ("He acts like a {}.", "retard"),
    ),
}  # fmt: skip
RUDE_ASIDE: dict[str, tuple[Said, ...]] = {
    "strong": (
        ("It's all {} up again.", "fucked"), ("The rooms are {}.", "shitty"), ("Tell that {} to pay.", "motherfucker"),
        ("They're {}, all of them.", "wankers"), ("Don't be a {}.", "prick"), ("We were {} about it.", "dicked"),
        ("Why would I give a {}?", "shit"), ("Kiss my {}.", "arsehole"), ("That {} never answers.", "twat"),
    ),
    "disguised": (
        ("It's a {} joke.", "f***ing"), ("Oh {}!", "$hit"), ("You {}.", "c*nt"), ("Go {} yourself.", "fck"),
        ("What a {}.", "bi7ch"), ("{} that.", "Phuck"), ("He's an {}.", "a**hole"), ("It's {}.", "bull$hit"),
    ),
    "coarse": (
        ("{} hell, not again.", "Bloody"), ("That {} really.", "sucks"), ("It's a pain in the {}.", "arse"),
        ("{} off and leave us alone.", "Piss"), ("What a load of {}.", "bollocks"), ("This is {} good.", "goddamn"),
    ),
    "insult": (
        ("What an {} you are.", "imbecile"), ("Those {} never read.", "cretins"), ("He's a {}, forget him.", "scumbag"),
        ("Get lost, you {}.", "loser"), ("Some {} parked there.", "jackass"), ("That's an {} question.", "idiotic"),
    ),
    "slur": (
        ("It's no place for {}.", "kikes"), ("We had a {} in the bar.", "spic"), ("A {} took it.", "gyppo"),
        ("Some {} complained.", "towelhead"), ("He's a bit of a {}.", "poofter"), ("Two {} asked for it.", "gooks"),
        ("It's full of {}.", "ragheads"), ("Her son is a {}.", "spastic"),
    ),
}  # fmt: skip

INNOCENT: dict[str, tuple[Said, ...]] = {
    "inside_a_word": (
        ("We are from {}.", "Scunthorpe"), ("You can see the {} of the plane.", "cockpit"), ("They serve {} until late.", "cocktails"),
        ("The film is about an {}.", "assassin"), ("It comes with {} mushrooms.", "shiitake"), ("The {} walk in the garden.", "peacocks"),
        ("It's a {} act.", "class"), ("We drive through {}.", "Sussex"),
    ),
    "name": (
        ("We saw {} in the old cinema.", "Dick Van Dyke"), ("They read {} aloud.", "Moby Dick"), ("{} plays on Friday.", "John Lee Hooker"),
        ("Ask {} at the desk.", "Dr. Hancock"), ("We turn into {}.", "Dyke Road"), ("It's the {} coast of Norway.", "Hell"),
    ),
    "other_meaning": (
        ("A blue {} nests by the window.", "tit"), ("They bought {} willow for the vase.", "pussy"), ("The {} had six puppies, the breeder says.", "bitch"),
        ("There's a {} in the armour.", "chink"), ("The cat is a Maine {}.", "Coon"), ("{} and peas is a dish of the Midlands.", "Faggots"),
        ("We walk along the {} by the sea.", "dyke"), ("The rooster, or {}, crows at five.", "cock"), ("The curtains are flame {}.", "retardant"),
    ),
    "other_language": (
        ("In Dutch: {} mij helpen?", "kunt u"), ("The Danish sign says {}.", "fart"), ("On the Swedish door stands {}.", "slut"),
        ("In German {} means manure.", "Mist"), ("The menu has {} de Troyes.", "arroz negro"), ("It's in {}.", "Montenegro"),
    ),
}  # fmt: skip
INNOCENT_ASIDE: dict[str, tuple[Said, ...]] = {
    "inside_a_word": (
        ("We come from {}.", "Penistone"), ("It's a {} table.", "mahogany"), ("The {} is in the cupboard.", "cockerel dish"),
        ("Her {} is in the bag.", "passport"), ("He sells {} metal.", "scrap"), ("It's near {}.", "Lake Titicaca"),
        ("We hold it in high {}.", "esteem"), ("It was a {} of the case.", "reassessment"),
    ),
    "name": (
        ("{} is on the second floor.", "Dick's Sporting Goods"), ("{} wrote it.", "Philip K. Dick"), ("The trail is named after {}.", "Jenson Butt"),
        ("We met {} in the lobby.", "Mr. Cummings"), ("The cable car goes up the {}.", "Wank near Garmisch"), ("She plays {}.", "Fanny Brice"),
    ),
    "other_meaning": (
        ("The {} moth eats the leaves.", "gypsy"), ("Great {} are songbirds.", "tits"), ("The {} carries the plough.", "ass"),
        ("It is {} and span.", "spick"), ("He holds a {} and a bucket.", "spade"), ("It can {} the growth of mould.", "retard"),
        ("The oil pan of the {} box leaks.", "gear"), ("They play {} at the casino.", "craps"), ("{} studies are on the first floor.", "Queer"),
    ),
    "other_language": (
        ("The Dutch word {} means thick.", "dik"), ("In Swedish {} means the end of sale.", "slutspurt"), ("{} is a village in Austria.", "Fucking"),
        ("In Spanish {} is black.", "negro"), ("The German {} is thick.", "dick"), ("In French {} is delay.", "retard"),
    ),
}  # fmt: skip
