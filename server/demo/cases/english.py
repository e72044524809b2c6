"""Petitions written in English by residents, answered in English."""

from server.demo.cases.scenario import GRIEVANCE, INQUIRY, OTHER, SUGGESTION, Scenario

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        key="en-bike-lane",
        department="roads",
        kind=OTHER,
        language="en",
        titles=(
            "Broken glass and a deep crack in the {road} bike lane",
            "Bike lane on {road} is not safe to ride",
        ),
        body="""I ride to work along {road} every morning. Since {date} there has been a crack about as wide
            as a tyre near number {no}, and broken glass next to it. Two people in front of me swerved
            into the car lane this week. Could someone please sweep it and fill the crack before there
            is an accident?""",
        answer="""Our road patrol swept the lane on {visit} and filled the crack with cold asphalt the same
            day. As this is only a temporary repair, {m} metres of the lane will be resurfaced by {by}.
            The work will be done after 10 pm, and a detour will be signposted.""",
    ),
    Scenario(
        key="en-recycling-fine",
        department="waste",
        kind=GRIEVANCE,
        language="en",
        place=False,
        titles=(
            "Fined for rubbish that was not mine",
            "Please cancel a littering fine sent to me by mistake",
        ),
        body="""I received a fine because an envelope with my name was found in an illegal rubbish bag on
            {road} on {date}. I had thrown that envelope into the paper bin of my building correctly. I
            was also at work that {evening}. It feels unfair that an envelope alone is enough to blame
            someone. Please look at this again.""",
        answer="""We looked at the camera recording of that evening together with your statement. The person
            who left the bag was someone else who had reused paper from your building's bin. The fine is
            cancelled, and nothing has been entered in your record. We have told the inspectors that an
            envelope alone is not enough, and we apologise for the distress.""",
        ask=(
            "Please send us a copy of the notice and anything that shows where you were that evening.",
            "Attached are both sides of the notice and my shift record, signed by my manager.",
        ),
    ),
    Scenario(
        key="en-school-enrolment",
        department="foreigners",
        kind=INQUIRY,
        language="en",
        decision="explained",
        place=False,
        titles=(
            "How do I enrol my children in a local school?",
            "Which school in {dong} will my children go to?",
        ),
        body="""We moved to {dong} on {date} with two children aged seven and eleven. They do not speak
            Korean yet. We would like to know which school they should go to, which papers we need, and
            whether the city offers language help before the term starts.""",
        answer="""Children are placed by address; for {dong} this is {school}. Please bring the certificate of
            alien registration, proof of address and vaccination records; school reports are helpful but
            not required. The Foreign Residents' Centre runs a free eight-week Korean course, and the
            next one starts on {by}. A guide who speaks English will go with you to the school if you
            wish.""",
    ),
    Scenario(
        key="en-taxi-overcharge",
        department="transit",
        kind=OTHER,
        language="en",
        titles=("Taxi driver refused to use the meter", "Overcharged by a taxi at {stop}"),
        body="""On {date} at about {night} I took a taxi from {stop} to {dong}. The driver did not switch on
            the meter and asked for {m},000 won, about three times the usual fare. When I asked for a
            receipt he told me to get out. I have the last digits of the plate and a photo.""",
        answer="""We checked the trip record of the taxi and confirmed that the meter was off. The driver has
            been fined and suspended, and the company will return the difference to you in cash or by
            transfer. From {soon} the taxi stand will show the usual fares to every district in four
            languages.""",
        talk=(
            "Thank you. Where can I collect the refund?",
            """At the transport desk on the second floor of City Hall, or tell us and the company will
                transfer it.""",
        ),
    ),
    Scenario(
        key="en-playground-shade",
        department="parks",
        kind=SUGGESTION,
        language="en",
        decision="partly",
        months=(4, 5, 6, 7, 8, 9),
        titles=("Please add shade to the playground in {park}", "A fenced area for toddlers in {park}"),
        body="""The playground in {park} is wonderful, but there is no shade, and by noon in summer the
            slide is too hot to touch. There is also no fence between the toddlers' corner and the bike
            path. A few trees or a sail, and a low fence, would make it much safer for families.""",
        answer="""Thank you for a practical idea. A shade sail and a 70 cm fence along the bike path will be
            installed by {by}. The steel slide will be replaced by a plastic one next year, when its
            service life ends. Three zelkova trees will also be planted on the south side this autumn or
            next spring.""",
    ),
    Scenario(
        key="en-accessible-toilet",
        department="seniors",
        kind=OTHER,
        language="en",
        titles=(
            "Accessible toilet near {stop} is always locked",
            "Wheelchair toilet at {park} used as storage",
        ),
        body="""I use a wheelchair. The accessible toilet near {stop} has been locked since {date}, and
            through the window I could see brooms and boxes inside. The number on the door rings without
            an answer. The next one is {n} bus stops away. Please open it and keep it usable.""",
        answer="""We are sorry; there is no excuse for this. The toilet was emptied, cleaned and opened on
            {visit}, and the cleaning company has been given a separate storeroom. It is now open from 6
            am to 11 pm, and the door shows the number 120, where somebody always answers. We will check
            all {m} accessible toilets of the district by {soon}.""",
        unsolved=(
            "It was open for four days and is locked again in the evenings.",
            """The night guard locked it by habit at eight. The lock has been taken out altogether, and
                from {soon} the room is checked every evening at nine.""",
        ),
    ),
    Scenario(
        key="en-visa-address",
        department="foreigners",
        kind="statutory:stay-address",
        language="en",
        place=False,
        titles=(
            "Report of a change of address for a foreign resident",
            "Change of residence for a family of {n}",
        ),
        body="""I moved to {dong} on {date} and would like to report my new address online, together with my
            family. A copy of the lease is attached. Please let me know if we have to bring our cards to
            an office.""",
        answer="""Your new address has been registered for all members of your family. You do not have to
            bring your cards, but if you would like the address written on the back, any community
            centre can do it without an appointment. A welcome guide to your new neighbourhood is
            attached.""",
        ask=(
            """The copy of the lease does not show the date when you moved in. Please send us a page
                that does.""",
            "Here is the signed page with the date.",
        ),
    ),
    Scenario(
        key="en-library-card",
        department="culture",
        kind=INQUIRY,
        language="en",
        decision="explained",
        place=False,
        titles=("Can foreign residents borrow e-books?", "Library card for a visiting researcher"),
        body="""I am staying in {dong} for {n} more months. I tried to get a library card online, but the
            form asks for a mobile identity check that does not work with my phone contract. Is there
            another way to register? I would also like to know if e-books in English can be borrowed.""",
        answer="""You do not need the mobile check. Any library in {gu} will issue a card on the spot if you
            show your residence card or passport and give an e-mail address. With the card you can
            borrow ten books and five e-books for two weeks; about {m}00 of the e-books are in English.
            We have also added this to the English page.""",
    ),
    Scenario(
        key="en-construction",
        department="environment",
        kind=OTHER,
        language="en",
        visit="morning",
        titles=(
            "Construction work starts before 6 am on weekends",
            "Dust and noise from the site at {road}",
        ),
        body="""The building site at {road} {no} starts with heavy machines before six, even on Sundays. My
            newborn and I are awake every day. There is so much dust that we cannot open the windows of
            our flat. Could the city check if this is allowed?""",
        answer="""It is not. We measured 68 decibels on {visit} before 7 am, where the limit is 60. The
            builder has been fined and may now work only from 8 am to 6 pm on weekdays and not at all on
            Sundays until {by}. Water sprays and a five-metre noise barrier have been ordered, and we
            will come back unannounced.""",
        extension="""A second measurement on a weekend is needed before a decision, so the period is extended.""",
    ),
    Scenario(
        key="en-digital-signup",
        department="digital",
        kind=SUGGESTION,
        language="en",
        place=False,
        titles=(
            "Let names longer than ten letters into the forms",
            "City app rejects foreign names with spaces",
        ),
        body="""Your reservation form accepts only ten characters for a name and no spaces or hyphens. My
            name is longer, so I cannot book a swimming lane or a meeting room. My friends have the same
            problem. Please change the field; a hundred characters would be enough for everybody.""",
        answer="""You are right, and thank you for telling us so clearly. The name field of the reservation
            service now takes a hundred characters with spaces, hyphens and accents. Four other services
            still have the old field; they will be changed by {by}. We have added names like yours to
            our tests, so that it does not happen again.""",
    ),
)
