"""What people tell of their health, faith, politics, origin, love, union and body, and sentences that
use the same words of something else. Each is a carrier and the words that give it away.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

Said = tuple[str, str]

TOLD: dict[str, tuple[Said, ...]] = {
    "health": (
        ("I have {} and need a quiet room.", "type 2 diabetes"), ("I was diagnosed with {} last year.", "breast cancer"),
        ("My mother has {}.", "dementia"), ("I'm {} and can't eat shellfish.", "six months pregnant"), ("I take {} every day.", "20 mg of citalopram"),
        ("Since my {} I can't climb stairs.", "hip replacement"), ("My son is {}.", "autistic"), ("I suffer from {}.", "panic attacks"),
        ("I'm {} and bring my own needles.", "HIV positive"), ("I've been off work with {} since May.", "depression"),
        ("The patient, 54, was admitted with {}.", "chest pain"), ("Diagnosis: {}", "bipolar disorder"), ("I use {}.", "a wheelchair"),
    ),
    "religion": (
        ("I'm a {} and pray five times a day.", "Muslim"), ("We are {} and keep the Sabbath.", "Orthodox Jews"), ("As a practising {} I fast in Lent.", "Catholic"),
        ("My husband is {}.", "Hindu"), ("I became {} last year.", "a Jehovah's Witness"),
    ),
    "politics": (
        ("I vote {} myself.", "Labour"), ("I'm a member of the {}.", "Green Party"), ("I've been a {} all my life.", "Republican voter"),
        ("My wife campaigns for the {}.", "Conservatives"),
    ),
    "ethnic_origin": (
        ("I'm {} and was stared at.", "Black"), ("My family is {}.", "Roma"), ("As an {} woman I felt unsafe.", "Asian"), ("I'm of {}.", "Kurdish descent"),
    ),
    "sexual_life": (
        ("I'm {} and travel with my partner.", "gay"), ("My daughter is {}.", "a lesbian"), ("I came out as {} last year.", "bisexual"), ("I'm a {} woman.", "trans"),
    ),
    "union_membership": (
        ("I'm a member of the {}.", "transport workers' union"), ("I am the {} at our depot.", "shop steward"), ("I joined the {} in March.", "trade union"),
    ),
    "biometrics_and_genes": (
        ("My {} shows the BRCA1 mutation.", "DNA test"), ("You have my {} on file.", "fingerprints"), ("I carry the gene for {}.", "cystic fibrosis"),
    ),
}  # fmt: skip
TOLD_ASIDE: dict[str, tuple[Said, ...]] = {
    "health": (
        ("I've got {}, so no stairs please.", "multiple sclerosis"), ("They found {} in my lung.", "a tumour"), ("My dad lives with {}.", "Parkinson's"),
        ("I'm {} in October.", "expecting twins"), ("I'm on {} for my blood pressure.", "ramipril"), ("I'm recovering from {}.", "a stroke"),
        ("My daughter has {}.", "epilepsy"), ("I am being treated for {}.", "alcohol addiction"), ("I have {} and hear little.", "a cochlear implant"),
        ("My therapist says I have {}.", "PTSD"), ("Patient reports {} for two weeks.", "shortness of breath"), ("Allergies: {}", "penicillin"),
        ("I start {} on Monday.", "chemotherapy"), ("I had {} in spring.", "a miscarriage"),
    ),
    "religion": (
        ("I'm a {}, so no meat for me.", "Buddhist"), ("My wife wears a hijab because she is {}.", "Muslim"), ("Our family is {}.", "Sikh"),
        ("I'm an {}, I don't need a chapel.", "atheist"), ("I was baptised a {} this year.", "Mormon"),
    ),
    "politics": (
        ("I always vote for the {}.", "Liberal Democrats"), ("I'm a {} and proud of it.", "socialist"), ("My son is in the {}.", "Communist Party"),
        ("I donate to the {} each month.", "Democratic Party"),
    ),
    "ethnic_origin": (
        ("I'm a {} man, if that matters.", "Hispanic"), ("We're {} and were turned away.", "Travellers"), ("My mother is {}.", "Aboriginal"), ("I'm {}.", "mixed race"),
    ),
    "sexual_life": (
        ("I'm {}, is that a problem?", "queer"), ("I have an {} with a colleague.", "affair"), ("My brother is {}.", "homosexual"), ("I'm {} and have not told my family.", "transgender"),
    ),
    "union_membership": (
        ("I pay my dues to {} every month.", "Unison"), ("My {} rep told me to write.", "union"), ("I'm in the {}.", "teachers' union"),
    ),
    "biometrics_and_genes": (
        ("My {} are stored at your gate.", "iris scans"), ("I sent you my {} by post.", "saliva for the DNA test"), ("The {} says I'm a carrier.", "genetic test"),
    ),
}  # fmt: skip

NOT_TOLD: dict[str, tuple[Said, ...]] = {
    "topic": (
        ("There is a leaflet about {} at the desk.", "diabetes"), ("The museum shows the history of {}.", "the plague"), ("They collect money for {} research.", "cancer"),
        ("The {} is next to the hotel.", "Catholic church"), ("The {} won three seats.", "Green Party"), ("The {} is open to wheelchair users.", "lift"),
        ("A {} walks past at six.", "gay pride parade"), ("{} kitchens are inspected twice a year.", "Halal"),
    ),
    "denied": (
        ("I don't have {}, I'm only asking.", "any allergies"), ("I have never had {}.", "asthma"), ("There's no {} in our family.", "diabetes"),
        ("I am not {}.", "pregnant"), ("I'm not a {} voter or anything.", "Labour"),
    ),
    "idiom": (
        ("The {} was patient.", "patient"), ("I'm {} of waiting for an answer.", "sick"), ("My {} died yesterday.", "phone"), ("This form gives me {}.", "a headache"),
        ("The video went {}.", "viral"), ("I have {} about the late fee.", "a pain in the neck"), ("My laptop has {}.", "a virus"),
        ("We had a {} view of the bay.", "healthy"), ("I'm {} with work this week.", "crippled"), ("I'm {} about the red one.", "colour blind"),
    ),
    "name_or_thing": (
        ("I sent it by {}.", "Western Union"), ("My {} is Anna.", "Christian name"), ("I have a {} account.", "credit union"), ("I bought a {} bag.", "Christian Dior"),
        ("I want to pay for parts and {}.", "labour"), ("I had the {} delight for dessert.", "Turkish"), ("I use the {} sensor on my phone.", "fingerprint"),
        ("My {} estimate is ten days.", "conservative"), ("I like {} and white films.", "black"), ("I live in the {}.", "European Union"),
    ),
}  # fmt: skip
NOT_TOLD_ASIDE: dict[str, tuple[Said, ...]] = {
    "topic": (
        ("The talk on {} is at eight.", "mental health"), ("The pharmacy sells {} without a prescription.", "aspirin"), ("A charity for {} runs the shop.", "the blind"),
        ("The {} opens for prayer at noon.", "mosque"), ("The {} met in the hall upstairs.", "trade union"), ("The book is about {} in Spain.", "Roma music"),
        ("They show a film on {}.", "HIV"), ("{} parking is behind the house.", "Disabled"),
    ),
    "denied": (
        ("I have no {}.", "health problems"), ("None of us is {}.", "vegan or diabetic"), ("My doctor ruled out {}.", "cancer"),
        ("I'm neither {} nor rich.", "religious"), ("I don't suffer from {}.", "vertigo"),
    ),
    "idiom": (
        ("I have {} for spicy food.", "a weakness"), ("I'm {} for that price.", "bleeding money"), ("My car is on its {}.", "last legs"), ("I had a {} when I saw the bill.", "heart attack"),
        ("I have {} about it.", "mixed feelings"), ("My app has an {} every morning.", "seizure of ads"), ("I'm {} to loud music.", "allergic"),
        ("We are {} to the news.", "deaf"), ("My bank is {}.", "schizophrenic about fees"), ("I'm {} for chocolate.", "an addict"),
    ),
    "name_or_thing": (
        ("I saw it in the {} building.", "Student Union"), ("I bought it at {}.", "Black Friday"), ("I have the {} card.", "Democrat Coffee"), ("My {} is a Gay Lussac.", "wine"),
        ("I work in {} relations.", "labour"), ("I ordered {} noodles.", "Asian"), ("I drive a {}.", "Buddha-green Mini"), ("I take the {} at six.", "mass transit"),
        ("I was at the {} in Munich.", "Protestant cemetery"), ("I think it's in our company's {}.", "DNA"),
    ),
}  # fmt: skip
