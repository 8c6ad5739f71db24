// Makes the GOV.UK components work a little better: every page does without.
import { initAll } from "./vendor/govuk-frontend/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
