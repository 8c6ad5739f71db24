"""Addresses of what is known about a contract."""

from django.urls import path

from cohort.views import baselines, claims, contracts, evidence, expenses, households, reading, terms

CONTRACT = "contracts/<int:contract_id>/"
CLAIM = f"{CONTRACT}claims/<int:claim_id>/"
CHILD = f"{CONTRACT}cohort/<int:child_id>/baseline/"
PROPOSAL = f"{CONTRACT}baselines/<int:proposal_id>/"
HOUSEHOLD = f"{CONTRACT}carers/<int:household_id>/"
EXPENSE = f"{CONTRACT}expenses/<int:expense_id>/"
BESIDE = f"{CONTRACT}evidence/<slug:kind>/<int:fact_id>/"
EVIDENCE = f"{CONTRACT}evidence/<int:evidence_id>/"

urlpatterns = [
    path("contracts/add/", contracts.add, name="contract-add"),
    path(f"{CONTRACT}particulars/", contracts.particulars, name="particulars"),
    path(f"{CONTRACT}particulars/correct/", contracts.correct, name="particulars-correct"),
    path(f"{CONTRACT}terms/", terms.terms, name="terms"),
    path(f"{CONTRACT}terms/<int:number>/", terms.version, name="terms-version"),
    path("how-the-ledger-reads-the-contract/", reading.contract, name="contract-reading"),
    path(f"{CONTRACT}claims/", claims.claims, name="claims"),
    path(f"{CONTRACT}claims/submit/", claims.submit, name="claim-submit"),
    path(f"{CONTRACT}claims/agree-a-move/", claims.agree_move, name="claim-agree-move"),
    path(CLAIM, claims.claim, name="claim"),
    *(
        path(f"{CLAIM}{action}/", claims.step, {"action": action}, name=f"claim-{action}")
        for action in ("agree", "query", "reject", "answer", "withdraw")
    ),
    path(BESIDE, evidence.beside, name="evidence-beside"),
    path(f"{BESIDE}attach/", evidence.attach, name="evidence-attach"),
    path(EVIDENCE, evidence.evidence, name="evidence"),
    path(f"{EVIDENCE}withdraw/", evidence.withdraw, name="evidence-withdraw"),
    path(f"{CONTRACT}baselines/", baselines.baselines, name="baselines"),
    path(CHILD, baselines.baseline, name="baseline"),
    path(f"{CHILD}propose/", baselines.propose, name="baseline-propose"),
    path(f"{CHILD}agree/", baselines.agree_recorded, name="baseline-agree-recorded"),
    path(f"{PROPOSAL}agree/", baselines.agree, name="baseline-agree"),
    path(f"{PROPOSAL}decline/", baselines.decline, name="baseline-decline"),
    path(f"{PROPOSAL}withdraw/", baselines.withdraw, name="baseline-withdraw"),
    path(f"{CONTRACT}carers/add/", households.add, name="household-add"),
    path(f"{HOUSEHOLD}panel/", households.approve, name="household-panel"),
    path(f"{HOUSEHOLD}correct/", households.correct, name="household-correct"),
    path(f"{HOUSEHOLD}retract/", households.retract, name="household-retract"),
    path(f"{CONTRACT}expenses/add/", expenses.add, name="expense-add"),
    path(f"{EXPENSE}correct/", expenses.correct, name="expense-correct"),
    path(f"{EXPENSE}retract/", expenses.retract, name="expense-retract"),
]
