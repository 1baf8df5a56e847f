"use strict";

const texts = JSON.parse(document.body.dataset.texts);
const lang = document.documentElement.lang;
const at = (id) => document.getElementById(id);
const PAGE = 100;
/** A longer text is shown in part; the CSV has all of it. */
const LETTERS = 2000;
const NUMBER = /^(u?int\d*|u?(small|big|tiny|huge)int|integer|real|(half_?)?float\d*|double|numeric|decimal\d*)\b/i;
const TIME = /^(time|date)/i;
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

let shown = null;
let first = 0;

/** `text` with the values of `{name}`. */
function said(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function clock(time, style = "medium") {
  return new Date(time).toLocaleString(lang, { dateStyle: style, timeStyle: "short" });
}

function say(text) {
  at("problem").hidden = !text;
  at("problem").textContent = text || "";
}

/** JSON in which a whole number that JavaScript would round stays the text that it was. */
function parsed(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === "number" && context && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? context.source
      : value,
  );
}

/** An envelope; an empty one for the page of a proxy that has no gate behind it. */
function answer(text) {
  try {
    return parsed(text);
  } catch {
    return { data: {} };
  }
}

/** What the link shows; throws the gate's error as {status, message, hint, details}. */
async function opened(token, password) {
  let response;
  try {
    response = await fetch("/api/v1/shared/open", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json" },
      credentials: "omit", // the link is all that counts, whoever opens it
      referrerPolicy: "no-referrer",
      body: JSON.stringify({ token, password }),
    });
  } catch {
    throw { status: 0, message: texts.away, hint: "", details: {} };
  }
  const { data } = answer(await response.text());
  if (!response.ok) throw { status: response.status, details: {}, ...data };
  return data;
}

/** What a person reads of an error of the gate. */
function words(error, tried) {
  if (error.status === 0) return error.message;
  if (error.status === 401 && error.details.needs === "password") return tried ? texts.share_wrong : "";
  if (error.status === 401) return texts.share_over;
  if (error.status === 403) return texts.share_refused;
  if (error.status === 429) return texts.share_many;
  return lang === "en" ? `${texts.share_failed}\n${error.message || ""}`.trim() : texts.share_failed;
}

async function open(password = "") {
  const token = location.hash.slice(1);
  say("");
  if (token.length < 20 || token.length > 100) {
    say(texts.share_incomplete);
    return;
  }
  at("working").hidden = false;
  try {
    show(await opened(token, password));
  } catch (error) {
    if (error instanceof Error) throw error; // a fault of this page, for the console
    const needs = error.status === 401 && error.details.needs === "password";
    say(words(error, password));
    at("asks").hidden = !(needs || (password && error.status !== 401));
    if (needs) at("asks").elements.password.select();
  } finally {
    at("working").hidden = true;
  }
}

function show(data) {
  shown = data;
  first = 0;
  at("asks").hidden = true;
  at("asks").reset();
  const { columns, rows } = data.result;
  const title = data.title || texts.share_title;
  document.title = `${title} · Tobit`;
  at("title").textContent = title;
  at("about").textContent = about(data);
  at("names").replaceChildren(...columns.map(head));
  at("none").hidden = rows.length > 0;
  at("rows").hidden = !columns.length;
  at("turn").hidden = rows.length <= PAGE;
  at("below").hidden = !rows.length;
  document.body.classList.add("wide");
  at("shown").hidden = false;
  turn(0);
}

/** Who shares, until when it opens, and that the rows are of this moment. */
function about(data) {
  const parts = [said(texts.share_from, { owner: data.owner }), said(texts.share_until, { time: clock(data.ends_at) })];
  if (data.uses_left === 0) parts.push(texts.share_last_use);
  else if (data.uses_left === 1) parts.push(texts.share_one_use);
  else if (data.uses_left !== null) parts.push(said(texts.share_uses, { count: data.uses_left.toLocaleString(lang) }));
  return `${parts.join(" · ")} · ${said(texts.share_live, { time: clock(Date.now()) })}`;
}

/** How a column is shown; also a class of its cells. */
function kindOf({ type }) {
  if (NUMBER.test(type)) return "number";
  return TIME.test(type) ? "time" : "";
}

function head(column) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.textContent = column.name;
  cell.title = column.type;
  cell.className = kindOf(column);
  return cell;
}

/** Shows the page that begins with row `start`; only a page's rows are ever in the document. */
function turn(start) {
  const { columns, rows, truncated } = shown.result;
  first = start;
  const last = Math.min(start + PAGE, rows.length);
  const kinds = columns.map(kindOf);
  at("cells").replaceChildren(...rows.slice(start, last).map((row) => line(row, kinds)));
  at("rows").scrollTop = 0;
  at("before").disabled = start === 0;
  at("after").disabled = last === rows.length;
  const count = rows.length.toLocaleString(lang);
  const all = rows.length === 1 ? texts.share_one_row : said(truncated ? texts.share_cut : texts.share_rows, { count });
  const range = { first: (start + 1).toLocaleString(lang), last: last.toLocaleString(lang), count };
  at("count").textContent = rows.length > PAGE ? `${said(texts.share_page, range)}${truncated ? ` · ${all}` : ""}` : all;
}

function line(row, kinds) {
  const made = document.createElement("tr");
  made.append(
    ...row.map((value, index) => {
      const cell = document.createElement("td");
      cell.className = value === null ? `${kinds[index]} null` : kinds[index];
      const text = value === null ? "null" : textOf(value, kinds[index]);
      cell.textContent = text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text;
      return cell;
    }),
  );
  return made;
}

/** A value as a person reads it. */
function textOf(value, kind) {
  if (typeof value === "object") return JSON.stringify(value);
  return kind === "time" ? String(value).replace("T", " ") : String(value);
}

/** A cell of the CSV: what is no number and a spreadsheet would take for a formula begins with `'`. */
function field(value, kind) {
  if (value === null) return "";
  const text = textOf(value, kind);
  const safe = /^[=+\-@\t\r]/.test(text) && !PLAIN.test(text) ? `'${text}` : text;
  return safe === "" || /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv({ columns, rows }) {
  const kinds = columns.map(kindOf);
  const lines = rows.map((row) => row.map((value, index) => field(value, kinds[index])).join(","));
  return [columns.map(({ name }) => field(name, "")).join(","), ...lines, ""].join("\r\n");
}

at("asks").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = at("asks").querySelector("button");
  button.disabled = true;
  await open(at("asks").elements.password.value);
  button.disabled = false;
});

at("before").addEventListener("click", () => turn(first - PAGE));
at("after").addEventListener("click", () => turn(first + PAGE));

at("download").addEventListener("click", () => {
  const made = document.createElement("a");
  // The mark before the first letter tells Excel that Korean is UTF-8.
  made.href = URL.createObjectURL(new Blob(["\ufeff", csv(shown.result)], { type: "text/csv;charset=utf-8" }));
  made.download = `${(shown.title || "tobit").replace(/[\s\\/:*?"<>|\x00-\x1f]+/g, " ").trim().slice(0, 80) || "tobit"}.csv`;
  made.click();
  setTimeout(() => URL.revokeObjectURL(made.href), 10_000);
});

// Another link pasted into the same tab is no new page to the browser.
window.addEventListener("hashchange", () => location.reload());

// What stands behind the # stays in the address, so that the page can be opened again; no request carries it.
open();
