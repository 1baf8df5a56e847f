"use strict";

const body = document.body;
const texts = JSON.parse(body.dataset.texts);
const at = (id) => document.getElementById(id);
let csrf = "";
let link = "";

/** The answer's data; throws the gate's error as {status, message, hint, details}. */
async function ask(method, path, content) {
  const headers = { accept: "application/json" };
  if (content !== undefined) headers["content-type"] = "application/json";
  if (csrf && method !== "GET") headers["x-tobit-csrf"] = csrf;
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, headers, credentials: "same-origin", body: content === undefined ? undefined : JSON.stringify(content),
    });
  } catch {
    throw { status: 0, message: texts.away, hint: "", details: {} };
  }
  const envelope = await response.json();
  if (!response.ok) throw { status: response.status, ...envelope.data };
  return envelope.data;
}

function show(id) {
  for (const part of ["enter", "choose", "home"]) at(part).hidden = part !== id;
  const first = at(id).querySelector("input:not(.unseen)");
  if (id !== "home" && first) first.focus();
}

function say(text) {
  at("problem").hidden = !text;
  at("problem").textContent = text || "";
}

function clock(time) {
  return new Date(time).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

/** What a person reads of an error of the gate. */
function words(error) {
  if (error.status === 429 && error.details.until) return texts.paused.replace("{time}", clock(error.details.until));
  if (error.status === 401 && link) return texts.link_over;
  if (error.status === 401) return texts.wrong;
  return [error.message, error.hint].filter(Boolean).join("\n");
}

/** Runs `work` for a form: no second press, problems above it. */
function on(form, work) {
  at(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = at(form).querySelector("button");
    button.disabled = true;
    say("");
    try {
      await work(Object.fromEntries(new FormData(at(form))), at(form));
    } catch (error) {
      say(words(error));
    } finally {
      button.disabled = false;
    }
  });
}

/** Shows the field for the code when that is all that is missing; else the error goes on. */
function askForCode(error, field) {
  if (!error.details || error.details.needs !== "code") throw error;
  at(field).hidden = false;
  const input = at(field).querySelector("input");
  input.required = true;
  input.focus();
}

on("enter", async ({ name, password, code }, form) => {
  try {
    arrived(await ask("POST", "/sign-in", { name: name.trim(), password, code: code.trim() }), form);
  } catch (error) {
    askForCode(error, "enter-code");
  }
});

on("choose", async ({ password, again, code }, form) => {
  if (password !== again) {
    say(texts.not_same);
    return;
  }
  try {
    const data = await ask("POST", "/sign-in/one-time", { token: link, password, code: code.trim() });
    link = "";
    arrived(data, form);
  } catch (error) {
    askForCode(error, "choose-code");
  }
});

let judging = 0;
at("choose").elements.password.addEventListener("input", (event) => {
  clearTimeout(judging);
  judging = setTimeout(async () => {
    const password = event.target.value;
    if (!password) return;
    try {
      const found = await ask("POST", "/sign-in/one-time/check", { token: link, password });
      if (event.target.value !== password) return;
      at("strength").value = found.score;
      const advice = document.documentElement.lang === "en" ? `${found.problem} ${found.hint}`.trim() : texts.weak;
      at("advice").textContent = found.problem ? advice : texts.good;
    } catch (error) {
      say(words(error));
    }
  }, 300);
});

function arrived(signed, form) {
  csrf = signed.csrf;
  form.reset();
  if (body.dataset.next) {
    location.assign(body.dataset.next);
    return;
  }
  home();
}

async function home() {
  const [me, sessions, own] = await Promise.all([ask("GET", "/me"), ask("GET", "/me/sessions"), ask("GET", "/me/factor")]);
  at("who").textContent = me.user;
  at("role").textContent = [me.tenant, me.role, ...me.groups].join(" · ");
  at("old-password").hidden = !me.must_change_password;
  at("here").textContent = location.origin;
  at("sessions").replaceChildren(...sessions.map(line));
  at("factor").hidden = !own.has_password;
  at("factor-state").textContent = own.has_totp ? texts.factor_on : texts.factor_off;
  at("factor-begin").hidden = own.has_totp;
  show("home");
}

function line(session) {
  const item = document.createElement("li");
  const what = document.createElement("span");
  what.textContent = `${texts[`kind_${session.kind}`] || session.kind}${session.ip ? ` · ${session.ip}` : ""}`;
  const when = document.createElement("small");
  when.textContent = `${texts.last_used} ${clock(session.last_used_at)}`;
  what.append(when);
  const end = document.createElement("button");
  end.className = "plain";
  end.textContent = texts.end;
  end.addEventListener("click", async () => {
    try {
      await ask("DELETE", `/me/sessions/${session.id}`);
      item.remove();
    } catch (error) {
      say(words(error));
    }
  });
  item.append(what, end);
  return item;
}

on("factor-begin", async ({ password }, form) => {
  const begun = await ask("POST", "/me/totp", { password });
  form.reset();
  form.hidden = true;
  at("qr").src = `data:image/svg+xml,${encodeURIComponent(begun.svg)}`;
  at("factor-secret").textContent = begun.secret.replace(/(.{4})/g, "$1 ").trim();
  at("factor-confirm").hidden = false;
  at("factor-confirm").elements.code.focus();
});

on("factor-confirm", async ({ code }, form) => {
  const { codes } = await ask("POST", "/me/totp/confirm", { code: code.trim() });
  form.reset();
  form.hidden = true;
  at("factor-state").textContent = texts.factor_on;
  at("codes").replaceChildren(...codes.map((each) => Object.assign(document.createElement("li"), { textContent: each })));
  at("factor-codes").hidden = false;
});

at("leave").addEventListener("click", async () => {
  try {
    await ask("DELETE", "/me/session");
  } catch (error) {
    if (error.status !== 401) {
      say(words(error));
      return;
    }
  }
  csrf = "";
  location.reload();
});

async function others() {
  for (const way of await ask("GET", "/sign-in/methods")) {
    if (!way.url) continue;
    const link = document.createElement("a");
    link.className = "provider";
    link.href = body.dataset.next ? `${way.url}?next=${encodeURIComponent(body.dataset.next)}` : way.url;
    link.textContent = way.title;
    at("others").append(link);
    at("others").hidden = false;
  }
}

async function begin() {
  const told = new URLSearchParams(location.hash.slice(1)).get("set");
  if (told) {
    link = told;
    history.replaceState(null, "", location.pathname); // neither history nor a glance at the screen keeps the secret
    try {
      const person = await ask("POST", "/sign-in/one-time/check", { token: link });
      at("choose-who").textContent = texts.choose_who.replace("{name}", person.name ? `${person.name} (${person.user})` : person.user);
      at("choose").elements.name.value = person.user;
      at("choose-code").hidden = !person.needs_code;
      show("choose");
      return;
    } catch (error) {
      say(words(error));
      link = "";
    }
  }
  try {
    csrf = (await ask("GET", "/me/session")).csrf;
    await home();
  } catch (error) {
    if (error.status !== 401) say(words(error));
    show("enter");
    await others().catch((problem) => say(words(problem)));
  }
}

begin();
