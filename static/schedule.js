// Adds the amounts up while they are typed. The page does without: the server adds them up too, and decides.
const form = document.querySelector("[data-schedule-total]")?.closest("form");

const pence = (text) => {
  const amount = text.replace(/[£,\s]/g, "");
  if (!/^[0-9]*(\.[0-9]{0,2})?$/.test(amount) || amount === ".") return 0;
  const [pounds, rest = ""] = amount.split(".");
  return Number(pounds || 0) * 100 + Number(rest.padEnd(2, "0"));
};

const shown = (amount) => {
  const pounds = Math.floor(amount / 100).toLocaleString("en-GB");
  return `£${pounds}.${String(amount % 100).padStart(2, "0")}`;
};

const difference = (left) => {
  if (left === 0) return "Nothing is left to place";
  return left > 0 ? `${shown(left)} is still to be placed` : `${shown(-left)} too much is placed`;
};

const addUp = () => {
  let placed = 0;
  for (const input of form.querySelectorAll("input[name^='amount_']")) {
    placed += pence(input.value);
    input.closest("tr").querySelector("[data-schedule-to-date]").textContent = shown(placed);
  }
  const cap = Number(form.querySelector("[data-schedule-cap]").dataset.scheduleCap);
  form.querySelector("[data-schedule-placed]").textContent = shown(placed);
  form.querySelector("[data-schedule-difference]").textContent = difference(cap - placed);
};

form?.addEventListener("input", addUp);
