"""The shapes of JSON answers about forums."""

from datetime import date, datetime
from typing import Annotated

from forums.labels import CHANNELS, KINDS, OUTCOMES, RULES, STANCES
from forums.permissions import Permission
from forums.states import CommitmentState, ForumState, SubmissionState
from server.core.coded import DepartmentName, DistrictName
from server.core.config import LANGUAGES
from server.core.contract import Answer, among, said

Language = Annotated[str, among(LANGUAGES)]
Page = Annotated[str, said("Its page.")]
Slug = Annotated[str, said("Its slug.")]
Version = Annotated[int, said("Grows with every event about it.")]
Visibility = Annotated[
    str, among(("shown", "pending", "hidden"), "A text that is waiting for review is visible to its author only.")
]
Remark = Annotated[
    str,
    among(
        ("shown", "pending", "hidden", "withdrawn"), "A text that is waiting for review is visible to its author only."
    ),
]


class File(Answer):
    """A public file."""

    id: int
    name: str
    size: int
    media_type: str
    url: str


class ListedForum(Answer):
    """A forum in a list."""

    slug: Annotated[str, said("Its name in addresses, which stays.")]
    number: Annotated[int, said("Its number within its kind, from 1; 0 while it is only proposed.")]
    kind: Annotated[str, among(KINDS)]
    status: ForumState
    title: str
    summary: str
    department: DepartmentName | None
    district: DistrictName | None
    place: str
    starts_at: Annotated[datetime | None, said("While it is `proposed`, `declined` or `draft`: the day asked for.")]
    ends_at: datetime | None
    speaks_until: datetime | None
    published_at: datetime | None
    supports: int
    participants: int
    submissions: int
    comments: int
    views: int
    url: Page


class Chapter(Answer):
    """A chapter of the video."""

    at: Annotated[int, said("Seconds.")]
    title: str


class Forum(ListedForum):
    """One forum."""

    version: Version
    body: str
    language: Language
    panel: tuple[str, ...]
    moderation: Annotated[str, among(("after", "before"), "Whether a moderator reviews texts before they are shown.")]
    speaks_from: datetime | None
    may_speak: Annotated[bool, said("Whether submissions are accepted now.")]
    closed_at: datetime | None
    link: Annotated[str, said("Of the video.")]
    chapters: list[Chapter]
    minutes: str
    reason: Annotated[str, said("Why it was cancelled or declined.")]
    proposer: Annotated[str, said("The display name of the person who proposed it.")]
    petition: Annotated[str, said("The number of the petition that it came from.")]
    files: list[File]


class CommitmentOutline(Answer):
    """A commitment as part of its submission."""

    number: str
    status: CommitmentState
    due_on: date
    done_on: date | None
    url: Page


class ListedCommitment(CommitmentOutline):
    """A commitment in a list."""

    title: str
    overdue: Annotated[bool, said("The due date has passed, and it is not done.")]
    department: DepartmentName | None
    district: DistrictName | None
    forum: Slug
    submission: Annotated[str, said("The submission that it comes from; empty for what was decided at the forum.")]
    created_at: datetime


class Step(Answer):
    """A step of a commitment."""

    text: str
    due_on: date | None
    done_on: date | None


class DueDay(Answer):
    """A due date of a commitment, present or former."""

    due_on: date
    said_at: datetime
    reason: Annotated[str, said("Why it was changed.")]


class Commitment(ListedCommitment):
    """One commitment."""

    version: Version
    text: str
    owner: (
        Annotated[str, among(sorted(Permission.ANSWER_SUBMISSIONS.roles), "The position of the responsible official.")]
        | None
    )
    budget: str
    evidence: Annotated[str, said("The day by which it is to be done.")]
    link: str
    contested: Annotated[str, said("Why its author disputes that it was carried out.")]
    steps: list[Step]
    dates: list[DueDay]
    files: list[File]


class HiddenText(Answer):
    """Why a text is hidden."""

    rule: Annotated[str, among(RULES)]
    reason: str


class Submission(Answer):
    """A submission, as its reader may see it."""

    number: str
    forum: Slug
    status: SubmissionState
    visibility: Visibility
    hidden: HiddenText | None
    author: Annotated[
        str, said("The display name; for somebody who spoke at a session without giving one, their number.")
    ]
    channel: Annotated[str, among(CHANNELS)]
    stance: Annotated[str, among(STANCES)]
    title: Annotated[str, said("Personal numbers are masked; empty if it is hidden or withdrawn.")]
    text: str
    language: Language
    district: DistrictName | None
    department: DepartmentName | None
    outcome: Annotated[str, among(("", *OUTCOMES))]
    outcome_at: datetime | None
    outcome_text: Annotated[str, said("The reasons.")]
    link: Annotated[str, said("The evidence for `already_done`.")]
    study_until: Annotated[date | None, said("With `under_study`.")]
    moved_to: Annotated[str, said("With `out_of_scope`.")]
    done_on: date | None
    commitment: CommitmentOutline | None
    merged_into: Annotated[str, said("The submission whose answer it shares.")]
    petition: Annotated[str, said("The petition that it came from or became.")]
    supports: int
    supported: Annotated[bool, said("By the caller.")]
    comments: int
    received_at: datetime
    url: Page


class DeskSubmission(Answer):
    """A submission as officials read it."""

    number: str
    version: int
    forum: str
    status: SubmissionState
    title: str
    text: str
    department: DepartmentName | None
    outcome: Annotated[str, among(OUTCOMES)] | None
    outcome_text: str
    link: str
    study_until: date | None
    moved_to: str
    done_on: date | None
    merged_into: str | None
    merged: Annotated[int, said("Number of submissions merged into it.")]
    commitments: list[str]
    received_at: datetime


class Comment(Answer):
    """A comment, as its reader may see it."""

    id: int
    parent: int | None
    author: str
    official: Annotated[bool, said("Written by an official, for the city.")]
    department: DepartmentName | None
    stance: Annotated[str, among(("", *STANCES))]
    text: Annotated[str, said("Personal numbers are masked; empty if it is hidden or withdrawn.")]
    visibility: Remark
    hidden: HiddenText | None
    supports: int
    created_at: datetime


class Thread(Comment):
    """A comment with its first replies."""

    answers: list[Comment]
