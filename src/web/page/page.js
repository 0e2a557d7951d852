// The dashboard. Everything that is shown goes through text nodes and attributes, never through HTML: what a peer or an
// image said can't become markup.
"use strict";

const find = (id) => document.getElementById(id);
const main = find("main");

// --- elements

// make("p", {class: "soft"}, "text", element, null): attributes of null or false are left out.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") element.addEventListener("click", value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// Puts the content in place; whoever had the focus has it again.
function show(...children) {
  const key = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
  main.replaceChildren(...children.filter(Boolean));
  if (!key) return;
  const same = main.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (same) same.focus({preventScroll: true});
}

function table(columns, rows, attributes) {
  const head = make("tr", {}, columns.map(([title, kind]) => make("th", {scope: "col", class: kind}, title)));
  return make("table", {class: "cards", ...attributes}, make("thead", {}, head), make("tbody", {}, rows));
}

// --- words

const two = (number) => String(number).padStart(2, "0");

function dateOf(time) {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function clock(ms) {
  const time = new Date(ms);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function whole(ms) {
  return `${dateOf(new Date(ms))} ${clock(ms)}`;
}

function brief(ms) {
  return dateOf(new Date(ms)) === dateOf(new Date()) ? clock(ms) : whole(ms).slice(0, 16);
}

function timeOf(ms, words) {
  return make("time", {datetime: new Date(ms).toISOString(), title: whole(ms)}, words(ms));
}

function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; count >= 1024 && unit + 1 < units.length; ++unit) count /= 1024;
  return `${unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const plain = (text) => String(text).replaceAll("_", " ");

const colours = {
  positive: "red", indeterminate: "amber", negative: "green", failed: "red", not_applicable: "grey",
  receiving: "blue", queued: "blue", analysing: "blue", parked: "red", pending: "amber", uncommitted: "amber",
  sent: "green", committed: "green", given_up: "grey",
};

function badge(word, large) {
  return make("span", {class: `badge ${colours[word] || ""} ${large ? "large" : ""}`}, plain(word));
}

// What a study is, in one word.
const standing = (study) => (study.state === "analysed" && study.verdict ? study.verdict : study.state);

function deliveriesInWords(counts) {
  const words = [];
  if (counts.parked) words.push(`${counts.parked} parked`);
  if (counts.waiting) words.push(`${counts.waiting} waiting`);
  if (counts.delivered) words.push(`${counts.delivered} delivered`);
  return words.join(", ");
}

// --- talking to the node

class Refused extends Error {}

let token = sessionStorage.getItem("token") || "";
const known = new Map();  // path -> {tag, data}: what has not changed is not sent again

async function request(path, method = "GET") {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (method === "POST") headers["X-Calcinode"] = "1";
  const before = method === "GET" ? known.get(path) : null;
  if (before) headers["If-None-Match"] = before.tag;
  const answer = await fetch(path, {method, headers, cache: "no-store"});
  if (answer.status === 401) throw new Refused("the token is refused");
  return answer;
}

async function ask(path, method = "GET") {
  const answer = await request(path, method);
  if (answer.status === 304) return known.get(path).data;
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error || `status ${answer.status}`);
  const tag = answer.headers.get("ETag");
  if (method === "GET" && tag) {
    if (known.size > 50) known.clear();
    known.set(path, {tag, data});
  }
  return data;
}

let silence = 0;

function say(text) {
  const said = find("said");
  said.textContent = text;
  said.hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => { said.hidden = true; }, 6000);
}

// A button that asks the node to do something.
function action(key, label, path, done, attributes) {
  const button = make("button", {type: "button", "data-key": key, ...attributes}, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      say(done(await ask(path, "POST")));
    } catch (error) {
      if (!refused(error)) say(`Not done: ${error.message}`);
    }
    button.disabled = false;
    await refresh();
  });
  return button;
}

// --- the token

function refused(error) {
  if (!(error instanceof Refused)) return false;
  const login = find("login");
  find("login-wrong").hidden = !token;
  if (!login.open) login.showModal();
  find("token").focus();
  return true;
}

find("login").addEventListener("cancel", (event) => event.preventDefault());
find("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = find("token").value.trim();
  sessionStorage.setItem("token", token);
  find("token").value = "";
  find("login").close();
  wake();
  refresh();
});

// --- list of studies

const filter = {search: "", state: "", verdict: ""};
let pages = 1;
let seen = null;  // studies shown before: others are new

function listPath(after) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  if (after) query.set("after", after);
  const text = query.toString();
  return `/api/v1/studies${text ? `?${text}` : ""}`;
}

async function allPages() {
  const all = [];
  let next = null;
  for (let page = 0; page < pages && (page === 0 || next); ++page) {
    const answer = await ask(listPath(next));
    all.push(...answer.studies);
    next = answer.next;
  }
  return {studies: all, next};
}

function studyRow(study) {
  const name = study.patient ? make("div", {}, `${study.patient.name} (${study.patient.id})`) : null;
  const failed = study.job && study.job.last_error ? study.job.last_error : "";
  const why = study.reason || failed;
  return make("tr", {class: `opens${seen && !seen.has(study.study_uid) ? " new" : ""}`, "data-study": study.study_uid},
    make("td", {}, badge(standing(study)), study.urgent ? " " : null, study.urgent ? badge("urgent") : null),
    make("td", {class: "time"}, timeOf(study.last_received_ms, brief)),
    make("td", {class: "wide"}, name,
      make("a", {href: `#/study/${study.study_uid}`, class: "uid", "data-key": study.study_uid}, study.study_uid),
      why ? make("div", {class: "soft"}, why) : null),
    make("td", {class: "number", "data-label": "images"}, String(study.instances)),
    make("td", {class: study.deliveries.parked ? "wrong" : ""}, deliveriesInWords(study.deliveries)));
}

function choice(name, label, options) {
  const select = make("select", {"data-key": name}, options.map(([value, text]) =>
    make("option", {value, selected: filter[name] === value}, text)));
  select.addEventListener("change", () => { filter[name] = select.value; pages = 1; refresh(); });
  return make("label", {}, label, select);
}

let typing = 0;
const searchField = make("input", {type: "search", "data-key": "search", placeholder: "Study UID or reason", maxlength: "128"});
searchField.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => { filter.search = searchField.value.trim(); pages = 1; refresh(); }, 250);
});

function filters() {
  return make("form", {class: "filters", role: "search"},
    make("label", {class: "search"}, "Search", searchField),
    choice("state", "State", [["", "all"], ["receiving", "receiving"], ["queued", "queued"], ["analysing", "analysing"],
      ["analysed", "analysed"], ["not_applicable", "not applicable"], ["failed", "failed"]]),
    choice("verdict", "Verdict", [["", "all"], ["positive", "positive"], ["indeterminate", "indeterminate"],
      ["negative", "negative"]]));
}

function tile(title, value, kind) {
  return make("div", {class: `tile ${kind || ""}`}, make("dt", {}, title), make("dd", {}, String(value)));
}

function parkedOf(node) {
  return Object.values(node.destinations).reduce((sum, to) => sum + (to.deliveries.parked ? to.deliveries.parked.count : 0), 0);
}

function tiles(node) {
  const count = (state) => node.studies[state] || 0;
  const parked = parkedOf(node);
  const full = node.disk.images_refused;
  return make("dl", {class: "tiles"},
    tile("receiving", count("receiving")),
    tile("to analyse", count("queued") + count("analysing")),
    tile("analysed", count("analysed")),
    tile("failed", count("failed"), count("failed") ? "warn" : ""),
    tile("parked", parked, parked ? "bad" : ""),
    tile("disk free", bytes(node.disk.free_bytes), full ? "bad" : ""));
}

async function showStudies() {
  document.title = "Calcinode: studies";
  const [{studies, next}, node] = await Promise.all([allPages(), ask("/api/v1/node")]);
  if (!isShown("studies")) return;
  const rows = studies.map(studyRow);
  const filtered = Object.values(filter).some(Boolean);
  const none = filtered ? "No study is like that." : "No study yet. Send CT images to this node.";
  show(make("h1", {class: "heading"}, "Studies"), tiles(node), filters(),
    make("section", {class: "panel"},
      rows.length ? table([["State"], ["Received"], ["Study"], ["Images", "number"], ["Deliveries"]], rows,
        {"aria-label": "Studies"}) : make("p", {class: "soft"}, none),
      next ? make("p", {class: "more"}, make("button", {type: "button", "data-key": "more",
        onclick: () => { pages += 1; refresh(); }}, "More")) : null));
  seen = filtered ? seen : new Set(studies.map((study) => study.study_uid));
}

// --- one study

const pictures = new Map();  // path and result -> its image, as a link to it in full size

async function picture(study, result) {
  const path = `/api/v1/studies/${study.study_uid}/figure.png`;
  const key = `${path} ${result.revision} ${result.created_ms}`;
  if (pictures.has(key)) return pictures.get(key);
  const answer = await request(path);
  if (!answer.ok) return null;
  for (const old of pictures.values()) URL.revokeObjectURL(old.href);
  pictures.clear();
  const image = make("img", {class: "figure", alt: "Figure of the result: projections and axial image with the deposits marked"});
  image.src = URL.createObjectURL(await answer.blob());
  const large = make("a", {href: image.src, target: "_blank", rel: "noopener", title: "Open it in full size", "data-key": "figure"}, image);
  pictures.set(key, large);
  return large;
}

async function download(path, name) {
  try {
    const answer = await request(path);
    if (!answer.ok) throw new Error((await answer.json()).error);
    const link = make("a", {download: name});
    link.href = URL.createObjectURL(await answer.blob());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    if (!refused(error)) say(`Not downloaded: ${error.message}`);
  }
}

// As the report says it: a name that is not sure with its confidence.
function levelOf(lesion) {
  const sure = lesion.level === "uncertain" || !(lesion.level_confidence < 0.9);
  return sure ? lesion.level : `${lesion.level} (${Math.round(lesion.level_confidence * 100)} %)`;
}

function findings(data) {
  const found = data.measurements;
  if (!found || !found.lesions || !found.lesions.length) return null;
  const rows = found.lesions.map((lesion) => make("tr", {},
    make("td", {}, make("strong", {}, levelOf(lesion))),
    make("td", {}, `${lesion.compartment}, ${lesion.side}`),
    make("td", {class: "number"}, `${(lesion.volume_mm3 / 1000).toFixed(2)} ml`),
    make("td", {class: "number"}, `${Math.round(lesion.mean_hu)} HU`),
    make("td", {class: "number", "data-label": "canal"}, `${Math.round(lesion.canal_occupied_percent)} %`),
    make("td", {class: "number", "data-label": "sure"}, `${Math.round(lesion.confidence * 100)} %`)));
  return make("section", {class: "panel"}, make("h2", {}, plural(rows.length, "deposit")),
    table([["Level"], ["Where"], ["Volume", "number"], ["Mean", "number"], ["Canal taken", "number"],
      ["Confidence", "number"]], rows, {"aria-label": "Deposits"}));
}

function spine(data) {
  const found = data.measurements;
  if (!found) return null;
  const slips = ((found.spine && found.spine.listhesis) || []).filter((slip) => slip.reported ?? Math.abs(slip.slip_mm) >= 3);
  const lines = slips.map((slip) => `${slip.upper}/${slip.lower}: slip of ${Math.abs(slip.slip_mm).toFixed(1)} mm ${slip.slip_mm > 0 ? "anterior" : "posterior"}`);
  lines.push(...(found.remarks || []));
  const regions = (found.spine && found.spine.regions) || [];
  if (regions.length) lines.unshift(`In view: ${regions.join(", ")}`);
  for (const series of (found.series || []).filter((one) => one.selected))
    lines.push(`Analysed: series of ${plural(series.slices, "slice")}, ${series.spacing_mm.map((mm) => mm.toFixed(2)).join(" × ")} mm`);
  if (!lines.length) return null;
  return make("section", {class: "panel"}, make("h2", {}, "Spine and series"),
    lines.map((line) => make("div", {}, line)));
}

function timeline(data) {
  return make("section", {class: "panel"}, make("h2", {}, "Timeline"),
    make("ol", {class: "timeline"}, data.timeline.map((event) => make("li", {}, timeOf(event.time_ms, whole),
      make("span", {}, event.what, event.detail ? make("span", {class: "soft"}, ` (${plain(event.detail)})`) : null)))));
}

function deliveryRow(uid, delivery) {
  const path = `/api/v1/studies/${uid}/deliveries/${delivery.id}`;
  const {state, configured} = delivery;
  const buttons = [];
  const offer = (word, done) => {
    const button = action(`${word.toLowerCase()} ${delivery.id}`, word, `${path}/${word.toLowerCase()}`, () => done, {class: "small"});
    button.setAttribute("aria-label", `${word} ${delivery.file} for ${delivery.destination}`);
    buttons.push(button, " ");
  };
  if (configured && (state === "parked" || state === "given_up")) offer("Release", "It is sent again.");
  if (configured && state === "pending") offer("Park", "It is parked.");
  if (state === "parked" || (!configured && (state === "pending" || state === "uncommitted")))
    offer("Discard", "It is given up; nothing waits for it any more.");
  const when = delivery.committed_ms || delivery.sent_ms || delivery.given_up_ms;
  return make("tr", {},
    make("td", {}, badge(delivery.state)),
    make("td", {}, delivery.destination, delivery.configured ? null : make("span", {class: "wrong"}, " (not configured)")),
    make("td", {}, make("code", {}, delivery.file)),
    make("td", {class: "time"}, when ? timeOf(when, brief) : plural(delivery.attempts, "attempt")),
    make("td", {class: "wide"}, delivery.last_error, delivery.last_error ? " " : null, buttons));
}

function deliveries(uid, data) {
  if (!data.deliveries.length) return null;
  return make("section", {class: "panel"}, make("h2", {}, "Deliveries"),
    table([["State"], ["To"], ["Object"], ["When"], [""]], data.deliveries.map((one) => deliveryRow(uid, one)),
      {"aria-label": "Deliveries"}));
}

function objects(uid, data) {
  if (!data.objects.length) return null;
  return make("section", {class: "panel"}, make("h2", {}, "Files"),
    make("div", {class: "files"}, data.objects.map((file) => make("button", {type: "button", "data-key": `file ${file.name}`,
      onclick: () => download(`/api/v1/studies/${uid}/objects/${encodeURIComponent(file.name)}`, file.name)},
    file.name, make("span", {class: "soft"}, ` ${bytes(file.bytes)}`)))));
}

function heading(data) {
  const study = data.study;
  const uid = study.study_uid;
  const severity = data.measurements && data.measurements.severity;
  const ended = ["analysed", "not_applicable", "failed"].includes(study.state);
  return make("div", {},
    make("div", {class: "heading"},
      badge(standing(study), true),
      severity && severity !== "none" ? make("strong", {}, severity) : null,
      study.urgent ? badge("urgent") : null,
      make("div", {class: "actions"},
        data.deliveries.length ? action("resend", "Send again", `/api/v1/studies/${uid}/resend`,
          (answer) => `${plural(answer.objects, "object")} will be sent again.`) : null,
        ended ? action("reanalyze", "Analyse again", `/api/v1/studies/${uid}/reanalyze`,
          () => "Queued for analysis. The same images give the same objects: then nothing is sent.") : null)),
    make("h1", {class: "uid"}, uid),
    study.patient ? make("p", {}, `${study.patient.name} (${study.patient.id})`) : null,
    make("p", {class: "soft"}, plural(study.instances, "image"), study.reason ? `; ${study.reason}` : "",
      data.conflicts ? `; ${data.conflicts} came again with other bytes` : ""));
}

async function showStudy(uid) {
  document.title = "Calcinode: study";
  const data = await ask(`/api/v1/studies/${encodeURIComponent(uid)}`);
  const kept = data.results.filter((result) => !result.removed_ms).pop();
  const image = data.figure && kept ? await picture(data.study, kept) : null;
  if (!isShown("study", uid)) return;
  const left = [image ? make("section", {class: "panel"}, image) : null, findings(data), spine(data)].filter(Boolean);
  const right = [timeline(data), objects(uid, data)].filter(Boolean);
  show(make("p", {}, make("a", {href: "#/", "data-key": "back"}, "← Studies")), heading(data),
    left.length ? make("div", {class: "columns"}, make("div", {}, left), make("div", {}, right))
      : make("div", {}, right),
    deliveries(uid, data));
}

// --- the node

function pairs(list) {
  return make("dl", {class: "pairs"}, list.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function diskPanel(node) {
  const {free_bytes: free, total_bytes: total, refuse_below_bytes: least, images_refused: refused} = node.disk;
  const days = (count) => (count ? plural(count, "day") : "for ever");
  const rules = node.retention;
  return make("section", {class: "panel"}, make("h2", {}, "Disk"),
    make("meter", {min: 0, max: total, value: total - free, high: total - least, "aria-label": "Disk in use"}),
    make("p", {class: refused ? "wrong" : ""}, `${bytes(free)} of ${bytes(total)} free`,
      refused ? (free < least ? `: no images are taken below ${bytes(least)}`
        : ": no images are taken, since a write failed or there was less a moment ago; the log says which") : ""),
    pairs([["Images", `${node.images.count} (${bytes(node.images.bytes)})`],
      ["Kept once delivered", days(rules.keep_days)],
      ["Kept if failed", days(rules.keep_failed_days)],
      ["Results kept", days(rules.keep_results_days)],
      ["At most", rules.max_gib ? `${rules.max_gib} GiB` : "no bound"]]));
}

function destinationPanel(name, to) {
  const reach = to.reachable;
  const away = reach && reach.failures > 0;
  const states = Object.entries(to.deliveries).map(([state, group]) => make("div", {}, badge(state), ` ${group.count}`,
    group.last_error ? make("span", {class: "soft"}, ` ${group.last_error}`) : null));
  const parked = to.deliveries.parked;
  const open = parked || (!to.configured && (to.deliveries.pending || to.deliveries.uncommitted));
  const at = `/api/v1/destinations/${encodeURIComponent(name)}`;
  const release = parked && to.configured ? action(`release ${name}`, `Release ${parked.count} parked`, `${at}/release`,
    (answer) => `${plural(answer.objects, "object")} will be sent again.`) : null;
  const discard = open ? action(`discard ${name}`, to.configured ? `Discard ${parked.count} parked` : "Discard what waits",
    `${at}/discard`, (answer) => `${plural(answer.objects, "object")} given up; nothing waits for them any more.`) : null;
  return make("section", {class: "panel"},
    make("div", {class: "heading"}, make("h2", {}, name),
      to.configured ? make("span", {class: `badge ${away ? "red" : reach ? "green" : ""}`},
        away ? "does not answer" : reach ? "answers" : "not tried yet") : make("span", {class: "badge amber"}, "not configured"),
      open ? make("div", {class: "actions"}, release, discard) : null),
    away ? make("p", {class: "wrong"}, `${reach.trouble} (${plural(reach.failures, "attempt")} since ${whole(reach.since_ms)}, next ${clock(reach.not_before_ms)})`) : null,
    states.length ? states : make("p", {class: "soft"}, "Nothing was sent there yet."));
}

function workPanel(title, studies, none) {
  const rows = studies.slice(0, 50).map((study) => make("tr", {class: "opens"},
    make("td", {}, badge(study.state)),
    make("td", {class: "time"}, timeOf(study.last_received_ms, brief)),
    make("td", {class: "wide"}, make("a", {href: `#/study/${study.study_uid}`, class: "uid", "data-key": `work ${study.study_uid}`}, study.study_uid),
      study.reason || (study.job && study.job.last_error)
        ? make("div", {class: "soft"}, study.reason || study.job.last_error) : null)));
  return make("section", {class: "panel"}, make("h2", {}, title),
    rows.length ? table([["State"], ["Received"], ["Study"]], rows, {"aria-label": title}) : make("p", {class: "soft"}, none));
}

async function showNode() {
  document.title = "Calcinode: node";
  const node = await ask("/api/v1/node");
  if (!isShown("node")) return;
  const destinations = Object.entries(node.destinations).map(([name, to]) => destinationPanel(name, to));
  show(make("h1", {class: "heading"}, "Node"), tiles(node),
    make("div", {class: "columns"},
      make("div", {}, destinations.length ? destinations : make("p", {class: "panel soft"}, "No destination is configured: results stay here."),
        workPanel("Not yet judged", node.unfinished, "Nothing waits."),
        workPanel("Failed", node.failed, "No study failed.")),
      make("div", {}, diskPanel(node))));
}

// --- which page, and keeping it up to date

function route() {
  const parts = location.hash.replace(/^#\/?/, "").split("/");
  if (parts[0] === "study" && /^[0-9.]{1,64}$/.test(parts[1] || "")) return {page: "study", uid: parts[1]};
  return {page: parts[0] === "node" ? "node" : "studies"};
}

function isShown(page, uid) {
  const now = route();
  return now.page === page && now.uid === uid;
}

let refreshing = null;
let again = false;

async function refreshOnce() {
  const {page, uid} = route();
  for (const link of document.querySelectorAll("nav a")) {
    const current = link.dataset.page === page || (page === "study" && link.dataset.page === "studies");
    link.toggleAttribute("aria-current", current);
    if (current) link.setAttribute("aria-current", "page");
  }
  try {
    await (page === "study" ? showStudy(uid) : page === "node" ? showNode() : showStudies());
  } catch (error) {
    if (refused(error)) return;
    if (error instanceof TypeError) return;  // no connection: the live sign tells
    show(make("p", {}, make("a", {href: "#/"}, "← Studies")), make("p", {class: "panel wrong"}, error.message));
  }
}

// One at a time; what is asked for meanwhile is done once more afterwards.
async function refresh() {
  again = true;
  if (refreshing) return refreshing;
  refreshing = (async () => {
    while (again) {
      again = false;
      await refreshOnce();
    }
    refreshing = null;
  })();
  return refreshing;
}

let wake = () => {};
const rest = (ms) => new Promise((resolve) => { wake = resolve; setTimeout(resolve, ms); });

function live(state, words) {
  const sign = find("live");
  if (sign.textContent === words) return;
  sign.className = state;
  sign.textContent = words;
}

// Waits for news for ever, and shows at most one a second.
async function follow() {
  let revision = "";
  for (;;) {
    try {
      const news = await ask(`/api/v1/events?since=${encodeURIComponent(revision)}`);
      live("on", "live");
      if (news.revision !== revision) {
        revision = news.revision;
        await refresh();
      }
      await rest(1000);
    } catch (error) {
      if (refused(error)) {
        live("off", "token needed");
        await rest(3600 * 1000);
        continue;
      }
      live("off", "no connection");
      await rest(3000);
    }
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();  // the address tells which page is shown
  main.focus();
});
window.addEventListener("hashchange", async () => {
  await refresh();
  window.scrollTo(0, 0);
  main.focus({preventScroll: true});
});
follow();
