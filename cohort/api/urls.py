"""The addresses of the API of facts, below `/api/v1/`."""

from collections.abc import Iterator

from django.urls import URLPattern, path, register_converter

from cohort.api.kinds import CHILDREN, CLAIMS, EVERY, EXPENSES, HOUSEHOLDS, PLACEMENTS, FactKind
from cohort.api.views import claims, evidence, facts
from pbr_ledger.clients.api.ids import id_converter

for prefix in ("evd", *(each.prefix for each in EVERY)):
    register_converter(id_converter(prefix), prefix)


def _one(fact: FactKind) -> str:
    return f"{fact.scope}/<{fact.prefix}:row>"


def _of(fact: FactKind) -> Iterator[URLPattern]:
    """The addresses of one kind of fact."""
    one, name = _one(fact), fact.kind.replace("_", "-")
    list_view = claims.ClaimsView if fact is CLAIMS else facts.facts_view(fact)
    yield path(fact.scope, list_view.as_view(), name=f"api-{fact.scope}")
    yield path(one, facts.fact_view(fact).as_view(), name=f"api-{name}")
    yield path(f"{one}/versions", facts.versions_view(fact).as_view(), name=f"api-{name}-versions")
    if fact.content:
        yield path(f"{one}/retraction", facts.retraction_view(fact).as_view(), name=f"api-{name}-retraction")
        yield path(f"{one}/restoration", facts.restoration_view(fact).as_view(), name=f"api-{name}-restoration")
    if fact in (CLAIMS, HOUSEHOLDS, PLACEMENTS, EXPENSES):
        yield path(f"{one}/evidence", evidence.beside_view(fact).as_view(), name=f"api-{name}-evidence")


CLAIM = _one(CLAIMS)
urlpatterns = [
    *(address for each in EVERY for address in _of(each)),
    path("evidence/<evd:row>/file", evidence.FileView.as_view(), name="api-evidence-file"),
    path("agreed-moves", claims.AgreedMovesView.as_view(), name="api-agreed-moves"),
    path(f"{CLAIM}/notes", claims.NotesView.as_view(), name="api-claim-notes"),
    path(f"{CLAIM}/agreement", claims.AGREEMENT.as_view(), name="api-claim-agreement"),
    path(f"{CLAIM}/query", claims.QUERY.as_view(), name="api-claim-query"),
    path(f"{CLAIM}/rejection", claims.REJECTION.as_view(), name="api-claim-rejection"),
    path(f"{CLAIM}/answer", claims.ANSWER.as_view(), name="api-claim-answer"),
    path(f"{CLAIM}/withdrawal", claims.WITHDRAWAL.as_view(), name="api-claim-withdrawal"),
    path(f"{_one(PLACEMENTS)}/breakdown", claims.BreakdownView.as_view(), name="api-placement-breakdown"),
    path(
        f"{_one(CHILDREN)}/baseline-agreement",
        claims.BaselineAgreementView.as_view(),
        name="api-child-baseline-agreement",
    ),
]
