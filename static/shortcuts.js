// Keys that move about. They change nothing, every page does without them, and each person can switch them off.
const LONGEST_PAUSE = 1500; // milliseconds between "g" and the letter after it
const FIELDS = "input, select, textarea, [contenteditable]";
const helpAddress = document.body.dataset.keys;
let begunAt = -LONGEST_PAUSE;
let isFilledIn = false; // what was filled in and not sent yet is not left behind by a key

document.addEventListener("input", (event) => {
  isFilledIn ||= event.target.form?.method === "post";
});

const goTo = (key) => document.querySelector(`[data-go="${CSS.escape(key)}"]`);

const follow = (link) => {
  const leads = Boolean(link) && !isFilledIn;
  if (leads) location.assign(link.href);
  return leads;
};

const search = () => {
  const field = document.querySelector("main input[type=search]");
  field?.focus();
  return Boolean(field) || follow(goTo("/"));
};

// The first link of each row stands for the row.
const nextRow = (step) => {
  const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector("a[href]"));
  const here = rows.indexOf(document.activeElement?.closest("tr"));
  const row = here < 0 ? rows.at(step > 0 ? 0 : -1) : rows[here + step];
  row?.querySelector("a[href]").focus();
  return Boolean(row);
};

const dialogOf = (keys) => {
  const dialog = document.createElement("dialog");
  dialog.className = "ledger-keys";
  dialog.setAttribute("aria-labelledby", "keys-heading");
  keys.tabIndex = -1;
  keys.autofocus = true; // so that it is read from its beginning
  const close = document.createElement("button");
  close.type = "button";
  close.className = "govuk-button govuk-button--secondary";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(keys, close);
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
};

// The dialog says what the page of the keys says; where that cannot be had, the page itself is opened.
const help = async () => {
  try {
    const answer = await fetch(helpAddress, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const dialog = dialogOf(document.importNode(page.querySelector("#keys"), true));
    if (document.querySelector("dialog[open]")) return;
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    location.assign(helpAddress);
  }
};

const showHelp = () => {
  const isThere = document.querySelector("#keys");
  if (!isThere) help();
  return !isThere;
};

const KEYS = { "?": showHelp, "/": search, j: () => nextRow(1), k: () => nextRow(-1) };

document.addEventListener("keydown", (event) => {
  const isOther = event.defaultPrevented || event.isComposing || event.repeat;
  if (isOther || event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift") return;
  if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
  const isSecond = performance.now() - begunAt < LONGEST_PAUSE;
  begunAt = -LONGEST_PAUSE;
  if (isSecond) {
    if (follow(goTo(event.key))) event.preventDefault();
  } else if (event.key === "g") {
    begunAt = performance.now();
  } else if (Object.hasOwn(KEYS, event.key) && KEYS[event.key]()) {
    event.preventDefault();
  }
});
