"""The rooms, in order; what they bring together: settings, tables, personal data."""

from pydantic import BaseModel

from bot.channels import simulator
from bot.commons import (
    amends as kept_amends,
)
from bot.commons import (
    answers,
    audience,
    audit,
    cases,
    claims,
    coupons,
    customers,
    deeds,
    groups,
    members,
    orders,
    origins,
    outreach,
    points,
    profiles,
    ratings,
    reception,
    submissions,
    verdicts,
    views,
    visits,
)
from bot.commons import (
    clocks as case_clocks,
)
from bot.commons import (
    media as kept_media,
)
from bot.commons import (
    photos as day_photos,
)
from bot.commons import (
    pictures as drawn_pictures,
)
from bot.commons import (
    salons as kept_salons,
)
from bot.commons import (
    salutations as kept_salutations,
)
from bot.features import (  # 帮助 is what that room is
    amends,
    arrivals,
    badges,
    bookings,
    cards,
    care,
    challenges,
    chatid,
    checkin,
    clocks,
    colleagues,
    contacts,
    customer_groups,
    desk,
    doctor,
    doors,
    faq,
    feedback,
    followups,
    guide,
    handoff,
    help,  # noqa: A004
    hush,
    ideas,
    identity,
    imports,
    invitations,
    makeups,
    mall,
    mass_send,
    media,
    menus,
    minisurveys,
    opinion,
    people,
    photos,
    pictures,
    polls,
    posts,
    privacy,
    questions,
    rankings,
    recall,
    referral,
    review,
    rewards,
    roster,
    salons,
    salutations,
    satisfaction,
    scenes,
    stamps,
    subscriptions,
    surveys,
    titles,
    trials,
    ugc,
    vouchers,
    wallet,
    weekly,
)
from bot.features import (
    customers as customer_friends,
)
from bot.kernel.feature import Feature
from bot.kernel.privacy import PersonalRegistry
from bot.pipeline.personal import personal as pipeline_personal

FEATURES: tuple[Feature, ...] = (
    privacy.feature,  # data rights are answered whatever else goes on
    cards.feature,  # what an advisor presses counts, whoever has her own conversation
    handoff.feature,  # while a human has a conversation, nobody behind it speaks
    satisfaction.feature,  # before care: what answers our question is no complaint to be judged
    minisurveys.feature,  # before care: an answer is kept, and judged all the same
    care.feature,  # as handoff; and it hears what everybody writes
    clocks.feature,  # behind care: what was promised is ended there
    review.feature,
    weekly.feature,  # behind care: who has a conversation is known then
    amends.feature,
    followups.feature,
    identity.feature,
    contacts.feature,
    roster.feature,
    checkin.feature,
    makeups.feature,
    challenges.feature,  # before help: a picture may be for a challenge
    rankings.feature,
    polls.feature,
    salons.feature,
    doors.feature,
    invitations.feature,
    ugc.feature,
    badges.feature,
    titles.feature,
    ideas.feature,
    questions.feature,
    trials.feature,
    surveys.feature,
    wallet.feature,
    stamps.feature,
    rewards.feature,
    mall.feature,
    vouchers.feature,
    referral.feature,
    bookings.feature,
    posts.feature,
    customer_groups.feature,
    customer_friends.feature,
    arrivals.feature,
    menus.feature,
    subscriptions.feature,  # before whoever greets: it only notes who follows
    people.feature,
    imports.feature,
    recall.feature,
    scenes.feature,  # before help: who came by a code hears what belongs to it
    mass_send.feature,
    opinion.feature,
    media.feature,
    photos.feature,
    pictures.feature,
    feedback.feature,
    colleagues.feature,
    chatid.feature,
    hush.feature,
    desk.feature,
    doctor.feature,
    salutations.feature,  # these three answer what no command is
    guide.feature,
    faq.feature,
    help.feature,  # last: it answers what nobody else understood
)
"""The rooms. Order is policy: the first room that knows an update answers it."""

MENU: tuple[Feature, ...] = (
    checkin.feature,
    makeups.feature,
    challenges.feature,
    rankings.feature,
    polls.feature,
    salons.feature,
    doors.feature,
    invitations.feature,
    ugc.feature,
    badges.feature,
    titles.feature,
    ideas.feature,
    questions.feature,
    trials.feature,
    surveys.feature,
    wallet.feature,
    stamps.feature,
    rewards.feature,
    mall.feature,
    vouchers.feature,
    referral.feature,
    bookings.feature,
    posts.feature,
    mass_send.feature,
    customer_groups.feature,
    arrivals.feature,
    menus.feature,
    scenes.feature,
    subscriptions.feature,
    media.feature,
    people.feature,
    imports.feature,
    recall.feature,
    photos.feature,
    pictures.feature,
    guide.feature,
    faq.feature,
    help.feature,
    identity.feature,
    salutations.feature,
    hush.feature,
    privacy.feature,
    feedback.feature,
    contacts.feature,
    colleagues.feature,
    customer_friends.feature,
    care.feature,
    opinion.feature,
    cards.feature,
    handoff.feature,
    desk.feature,
    roster.feature,
    clocks.feature,
    satisfaction.feature,
    minisurveys.feature,
    review.feature,
    weekly.feature,
    amends.feature,
    followups.feature,
    chatid.feature,
    doctor.feature,
)
"""The same rooms in the order in which 帮助 lists what they can do: what people come for first."""

PERSONAL = PersonalRegistry(
    (
        *members.personal,
        *members.standing_personal,
        *points.personal,
        *coupons.personal,
        *claims.personal,
        *origins.personal,
        *outreach.personal,
        *kept_salutations.personal,
        *groups.personal,
        *deeds.personal,
        *orders.personal,  # before profiles: it asks them for her phone
        *profiles.personal,
        *submissions.personal,
        *audience.personal,
        *customers.personal,
        *cases.personal,
        *reception.personal,
        *views.personal,
        *case_clocks.personal,
        *ratings.personal,
        *verdicts.personal,
        *kept_amends.personal,
        *audit.personal,
        *visits.personal,
        *answers.personal,
        *kept_media.personal,
        *day_photos.personal,
        *drawn_pictures.personal,
        *simulator.personal,
        *(data for room in FEATURES for data in room.personal),
        *pipeline_personal,  # behind the rooms: cards ask the outbox what can still be changed
        *kept_salons.personal,  # behind the room: it asks them which calendar files are hers
    )
)
"""Everything that is kept about members, and how it leaves."""


def settings_sections() -> dict[str, type[BaseModel]]:
    """Return the sections of the configuration that belong to rooms, and to what they share."""
    rooms = {room.name: room.settings for room in FEATURES if room.settings.model_fields}
    return rooms | {"points": points.PointsSettings, "coupons": coupons.CouponSettings}
