"""The sorts of personal data and secrets that the recognisers here find."""

from __future__ import annotations

from etude.privacy._base import Sort


def _sort(tag: str, noun: str, plural: str, topics: str = "", **more: int | bool) -> Sort:
    about = frozenset(topics.split(","))
    return Sort(tag, noun, plural, about - {""}, bool(more.get("secret")), more.get("spread", 6))


EMAIL = _sort("EMAIL", "e-mail address", "e-mail addresses", "email,e mail,mail,correo,courriel")
PHONE = _sort(
    "PHONE",
    "phone number",
    "phone numbers",
    "phone,telephone,mobile,tel,fax,cell,cellphone,whatsapp,telefon,handy,telefono,contact number",
)
IBAN = _sort("IBAN", "bank account number (IBAN)", "bank account numbers (IBAN)", "iban")
CARD = _sort(
    "CARD",
    "payment card number",
    "payment card numbers",
    "card number,cardnumber,credit card number,pan",
    spread=8,
)
CARD_CODE = _sort("CARD_CODE", "card security code", "card security codes", "cvv,cvc,cvv2")
ACCOUNT = _sort(
    "ACCOUNT",
    "bank account number",
    "bank account numbers",
    "account number,bank account,sort code,routing number,kontonummer",
)
NATIONAL_ID = _sort(
    "NATIONAL_ID",
    "national identity number",
    "national identity numbers",
    "ssn,social security,national id,tax id,identity number,id number,personal number,nino,"
    "steuer id,cpf,dni,nie,nif,pesel,bsn,aadhaar",
)
PASSPORT = _sort("PASSPORT", "passport number", "passport numbers", "passport,passport number")
PLATE = _sort(
    "PLATE",
    "licence plate",
    "licence plates",
    "plate,licence plate,license plate,number plate,kennzeichen",
    spread=5,
)
NAME = _sort(
    "NAME",
    "person's name",
    "people's names",
    "name,customer name,full name,first name,last name,surname,forename,given name,family name,"
    "person,contact,sender,recipient,author,passenger,guest,patient,vorname,nachname",
    spread=3,
)
SIGNED = "name in a sign-off"
"""What a name is called that stands under a letter: often its writer's, of the same team."""
ADDRESS = _sort(
    "ADDRESS",
    "street address",
    "street addresses",
    "address,home address,customer address,new address,change address,update address,street,"
    "postal address,delivery address,shipping address,billing address,adresse,anschrift,strasse",
)
BIRTH_DATE = _sort(
    "BIRTH_DATE",
    "date of birth",
    "dates of birth",
    "birth,dob,birthday,birthdate,date of birth,birth date,geburtsdatum",
)
COORDINATES = _sort(
    "COORDINATES",
    "place by coordinates",
    "places by coordinates",
    "coordinates,latitude,longitude,lat,lon,lng,gps,geo,location",
)
IP = _sort("IP", "internet (IP) address", "internet (IP) addresses", "ip,ip address,ipv4,ipv6")
MAC = _sort("MAC", "device (MAC) address", "device (MAC) addresses", "mac,mac address")
WALLET = _sort(
    "WALLET", "crypto wallet", "crypto wallets", "wallet,bitcoin,ethereum,crypto", spread=8
)
USERNAME = _sort(
    "USERNAME", "user name", "user names", "username,user name,handle,login,account name"
)
KEY = _sort("KEY", "key or token", "keys and tokens", secret=True, spread=12)
PRIVATE_KEY = _sort("PRIVATE_KEY", "private key", "private keys", secret=True, spread=40)
PASSWORD = _sort("PASSWORD", "password", "passwords", "password", secret=True)
CONNECTION = _sort(
    "CONNECTION",
    "address with a password in it",
    "addresses with a password in them",
    secret=True,
    spread=12,
)
