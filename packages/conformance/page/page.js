/** Narrows the table of requirements, turns the theme, and opens what a link or a printer needs. */

/**
 * @template {Element} E
 * @param {string} selector
 * @param {new () => E} type
 * @param {ParentNode} within
 * @returns {E[]}
 */
function all(selector, type, within = document) {
  return [...within.querySelectorAll(selector)].flatMap((each) =>
    each instanceof type ? [each] : [],
  );
}

/**
 * @template {Element} E
 * @param {string} selector
 * @param {new () => E} type
 * @param {ParentNode} within
 * @returns {E}
 */
function one(selector, type, within = document) {
  const [element] = all(selector, type, within);
  if (element === undefined) throw new Error(`the page has no ${selector}`);
  return element;
}

const search = one("#search", HTMLInputElement);
const status = one("#status", HTMLSelectElement);
const profile = one("#profile", HTMLSelectElement);
const subject = one("#subject", HTMLSelectElement);
const controls = [search, status, profile, subject];
const matches = one("#matches", HTMLElement);
const table = one("table.requirements", HTMLTableElement);

/** What lies before the cells of the subjects: id and sentence. */
const FIRST_SUBJECT = 2;

const rows = all("tbody tr[id]", HTMLTableRowElement, table).map((row) => ({
  row,
  profile: row.closest("tbody")?.dataset["profile"],
  text: all("th, summary, dl", HTMLElement, row)
    .map((element) => element.textContent)
    .join(" ")
    .toLowerCase(),
  statuses: [...row.cells].slice(FIRST_SUBJECT).map((cell) => cell.className),
}));

function narrow() {
  const words = search.value.toLowerCase().split(/\s+/);
  const column = subject.value === "" ? undefined : Number(subject.value);
  let count = 0;
  for (const { row, profile: own, text, statuses } of rows) {
    const judged = column === undefined ? statuses : statuses.slice(column, column + 1);
    const isWanted =
      (profile.value === "" || own === profile.value) &&
      (status.value === "" || judged.includes(status.value)) &&
      words.every((word) => text.includes(word));
    row.hidden = !isWanted;
    if (isWanted) count += 1;
  }
  for (const group of table.tBodies) {
    group.hidden = [...group.rows].every((row) => row.id === "" || row.hidden);
  }
  showSubject(column);
  matches.textContent =
    count === rows.length
      ? `${count} requirements`
      : count === 0
        ? `None of ${rows.length} requirements`
        : `${count} of ${rows.length} requirements`;
}

/** @param {number | undefined} column */
function showSubject(column) {
  /** @param {number} index */
  const isOther = (index) => column !== undefined && index !== column;
  for (const row of table.rows) {
    [...row.cells].slice(FIRST_SUBJECT).forEach((cell, index) => {
      cell.hidden = isOther(index);
    });
  }
  for (const entry of all("dl > div", HTMLElement, table)) {
    const names = all("bdi", HTMLElement, entry);
    for (const name of names) name.hidden = isOther(Number(name.dataset["subject"]));
    entry.hidden = names.every((name) => name.hidden);
  }
}

function showAll() {
  for (const control of controls) control.value = "";
  narrow();
}

for (const control of controls) control.addEventListener("input", narrow);
one("#all", HTMLButtonElement).addEventListener("click", () => {
  showAll();
  search.focus();
});

for (const link of all(".overview a", HTMLAnchorElement)) {
  link.addEventListener("click", () => {
    showAll();
    subject.value = link.dataset["subject"] ?? "";
    profile.value = link.dataset["profile"] ?? "";
    narrow();
  });
}

const details = all("details", HTMLDetailsElement, table);
const open = one("#open", HTMLButtonElement);
open.addEventListener("click", () => {
  const shown = details.filter((each) => each.closest("tr")?.hidden === false);
  const isOpening = shown.some((each) => !each.open);
  for (const each of shown) each.open = isOpening;
});

/** A link to a requirement shows it, whatever is narrowed. */
function showLinked() {
  const id = decodeURIComponent(location.hash.slice(1));
  const linked = rows.find(({ row }) => row.id === id);
  if (linked === undefined) return;
  if (linked.row.hidden) showAll();
  one("details", HTMLDetailsElement, linked.row).open = true;
  linked.row.scrollIntoView({ block: "nearest" });
}
addEventListener("hashchange", showLinked);

/** What a printer cannot open is open while it prints, if it says more than how to repeat it. @type {HTMLDetailsElement[]} */
let openedToPrint = [];
addEventListener("beforeprint", () => {
  openedToPrint = all("details:not([open]):has(dl, table)", HTMLDetailsElement);
  for (const each of openedToPrint) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of openedToPrint) each.open = false;
});

const THEME = "engenho-conformance-theme";
const root = document.documentElement;
const theme = one("#theme", HTMLButtonElement);
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset["theme"] === undefined
    ? systemIsDark.matches
    : root.dataset["theme"] === "dark";
}

function nameTheme() {
  theme.textContent = isDark() ? "Light theme" : "Dark theme";
}

theme.addEventListener("click", () => {
  const chosen = isDark() ? "light" : "dark";
  root.dataset["theme"] = chosen;
  nameTheme();
  try {
    localStorage.setItem(THEME, chosen);
  } catch {
    // Where nothing may be kept, the choice lasts as long as the page.
  }
});
systemIsDark.addEventListener("change", nameTheme);

try {
  const chosen = localStorage.getItem(THEME);
  if (chosen === "dark" || chosen === "light") root.dataset["theme"] = chosen;
} catch {
  // As above.
}
nameTheme();
theme.hidden = false;
one("search", HTMLElement).hidden = false;
// A browser that comes back to the page fills in what was typed.
narrow();
showLinked();
