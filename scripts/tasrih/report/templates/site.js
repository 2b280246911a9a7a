"use strict";
// What the site does beyond plain pages: language and mode are kept, lists are filtered and searched, and what is
// pointed at lights up with its roles. Without it every page is whole: text, tables and links.
(() => {
  const root = document.documentElement;
  const kept = {
    get(name) { try { return localStorage.getItem(`tasrih-${name}`); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(`tasrih-${name}`, value); return true; } catch { return false; } },
  };
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // --- Before the page is drawn: language and mode -------------------------------------------------------------

  const asked = navigator.language.toLowerCase().startsWith("ar") ? "ar" : "en";
  const wanted = kept.get("language") ?? asked;
  if (kept.set("language", wanted) && wanted !== root.lang) location.replace(root.dataset.other + location.hash);
  const dark = () => (root.dataset.mode ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  if (["light", "dark"].includes(kept.get("mode"))) root.dataset.mode = kept.get("mode");

  // --- Search: as tasrih/text/folding.py folds ----------------------------------------------------------------------

  const dropped = /[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
  const forms = { "أإآٱ": "ا", "ىئی": "ي", "ؤ": "و", "ة": "ه", "ک": "ك" };
  const oneForm = new Map(Object.entries(forms).flatMap(([from, to]) => [...from].map((letter) => [letter, to])));
  for (let digit = 0; digit < 10; digit++)
    for (const zero of [0x660, 0x6f0]) oneForm.set(String.fromCodePoint(zero + digit), String(digit));
  const folded = (text) => text.normalize("NFKC").replace(dropped, "").replace(/[أإآٱىئیؤةک٠-٩۰-۹]/g, (letter) => oneForm.get(letter)).toLowerCase();
  globalThis.tasrihFolded = folded;

  /** The stretch of `text` round the first place of folded `words`, as an element; null where they are not found. */
  function excerpt(text, words) {
    let flat = "";
    const places = [];
    let at = 0;
    for (const letter of text) {
      const form = folded(letter);
      for (let n = 0; n < form.length; n++) places.push(at);
      flat += form;
      at += letter.length;
    }
    const found = flat.indexOf(words);
    if (found < 0) return null;
    const start = places[found];
    const end = found + words.length < places.length ? places[found + words.length] : text.length;
    const from = text.lastIndexOf(" ", Math.max(start - 50, 0)) + 1;
    const to = text.indexOf(" ", end + 50) < 0 ? text.length : text.indexOf(" ", end + 50);
    const shown = document.createElement("p");
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    shown.className = "found";
    shown.dir = "auto";
    shown.append(from ? "… " : "", text.slice(from, start), mark, text.slice(end, Math.min(to, end + 90)), to < text.length ? " …" : "");
    return shown;
  }

  // --- Filters ------------------------------------------------------------------------------------------------------

  function filters(form, say) {
    const items = [...document.getElementById(form.dataset.filters).children];
    const texts = new Map();
    const textOf = (item) => {
      if (!texts.has(item)) texts.set(item, folded((globalThis.tasrihTexts?.[item.dataset.id] ?? [item.textContent]).join("\n")));
      return texts.get(item);
    };
    const chosen = () => all("select[name]", form).filter((select) => select.value && select.name !== "level");
    function apply() {
      const search = form.elements.search?.value ?? "";
      const words = folded(search).split(/\s+/).filter(Boolean);
      const level = Number(form.elements.level?.value ?? 0);
      let shown = 0;
      for (const item of items) {
        const fits = chosen().every((select) => (item.dataset[select.name] ?? "").split(" ").includes(select.value))
          && words.every((word) => textOf(item).includes(word)) && (!level || Number(item.dataset.most) >= level);
        item.classList.toggle("away", !fits);
        if (level) atLevel(item, level);
        shown += fits;
        item.querySelector(".found")?.remove();
        if (fits && words.length && globalThis.tasrihTexts) {
          const [, , text] = globalThis.tasrihTexts[item.dataset.id] ?? [];
          const part = text && (excerpt(text, words.join(" ")) ?? excerpt(text, words[0]));
          if (part) item.append(part);
        }
      }
      form.querySelector("output").textContent = say["{shown} of {all}"].replace("{shown}", shown).replace("{all}", items.length);
    }
    let waiting;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { form.reset(); event.stopPropagation(); } });
    form.hidden = false;
    apply();
  }

  /** Shows in a figure what has `level` stances or is linked with what has them. */
  function atLevel(figure, level) {
    figure.classList.remove("minor");
    const graph = figure.querySelector("svg.graph");
    const heights = graph.dataset.heights.split(" ").map(Number);
    const height = heights[{ 1: 0, 2: 1, 3: 2, 5: 3 }[level]];
    if (height) graph.setAttribute("viewBox", `0 0 ${graph.dataset.width} ${height}`);
    for (const part of all("[data-most]", graph)) part.classList.toggle("minor", Number(part.dataset.most) < level);
  }

  // --- The network ---------------------------------------------------------------------------------------------------

  function network(say) {
    const off = () => {
      all(".pointed").forEach((graph) => graph.classList.remove("pointed"));
      all(".graph .lit").forEach((part) => part.classList.remove("lit"));
    };
    const point = (node) => {
      off();
      const graph = node.closest("svg");
      graph.classList.add("pointed");
      node.classList.add("lit");
      for (const link of all(".link", graph)) {
        const ends = link.dataset.nodes.split(" ");
        if (!ends.includes(node.dataset.node)) continue;
        link.classList.add("lit");
        for (const end of ends) graph.querySelector(`[data-node="${end}"]`)?.classList.add("lit");
      }
    };
    const choose = (figure, node) => {
      for (const row of all("tbody tr", figure)) row.hidden = node !== null && !row.dataset.nodes.split(" ").includes(node.dataset.node);
      const chosen = figure.querySelector(".chosen");
      chosen.hidden = node === null;
      if (node === null) return;
      chosen.firstElementChild.textContent = say["Stances of {name}"].replace("{name}", node.querySelector("title").textContent.replace(/: [^:]*: \d+$/, ""));
      figure.querySelector("details").open = true;
    };
    for (const figure of all(".network")) {
      figure.querySelector(".chosen button").addEventListener("click", () => choose(figure, null));
      for (const node of all(".node", figure)) {
        node.addEventListener("mouseenter", () => point(node));
        node.addEventListener("mouseleave", off);
        node.addEventListener("focus", () => point(node));
        node.addEventListener("blur", off);
        node.addEventListener("click", () => choose(figure, node));
      }
    }
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      off();
      all(".network").filter((figure) => !figure.querySelector(".chosen").hidden).forEach((figure) => choose(figure, null));
    });
  }

  // --- An article: roles -------------------------------------------------------------------------------------------

  function roles(reading, say) {
    const of = new Map();
    const partOf = new Map();
    const note = (id, other, role) => partOf.set(id, [...(partOf.get(id) ?? []), [other, role]]);
    for (const card of all("[data-roles]", reading)) {
      const id = card.id.slice(5);
      const found = card.dataset.roles.split(" ").filter(Boolean).flatMap((role) => {
        const [name, ids] = role.split(":");
        return ids.split(",").map((other) => [other, name]);
      });
      of.set(id, found);
      for (const [other, role] of found) note(other, id, role);
    }
    const kinds = { e: "entity", c: "claim", s: "stance" };
    let lit = [];
    const off = () => {
      for (const part of lit) { part.classList.remove("lit"); delete part.dataset.role; }
      lit = [];
    };
    const light = (id, kind, words) => {
      const parts = all(`.text .in-${id}.${kind}`, reading);
      parts.forEach((part) => part.classList.add("lit"));
      if (parts.length && words) parts[0].dataset.role = parts[0].dataset.role ? `${parts[0].dataset.role} · ${words}` : words;
      lit.push(...parts);
    };
    const point = (id) => {
      off();
      const kind = kinds[id[0]];
      if (kind === "entity") {
        light(id, "entity", "");
        const row = document.getElementById(`row-${id}`)?.closest("tr:not([data-alone])");
        for (const mention of row ? all("[id^='row-']", row) : []) {
          const same = mention.id.slice(4);
          if (same !== id) light(same, "entity", say["the same thing"]);
          for (const [other, role] of partOf.get(same) ?? []) light(other, kinds[other[0]], `${say[role]} ${other}`);
        }
      } else {
        light(id, kind, say[kind === "claim" ? "content" : "stance"]);
        if (kind === "claim") light(id, "cue", say.cue);
        for (const [other, role] of of.get(id) ?? []) light(other, kinds[other[0]], say[role]);
        const card = document.getElementById(`card-${id}`);
        if (card) { card.classList.add("lit"); lit.push(card); }
      }
    };
    const idOf = (element) => {
      const card = element.closest("[data-roles]");
      const within = card ? null : element.closest("[class*='in-']");
      const tag = element.closest("a.tag[id]")?.id ?? element.closest("a.tag")?.getAttribute("href")?.replace(/^#(card|row)-/, "");
      const found = tag ?? card?.id.slice(5) ?? within?.className.match(/(?:^| )in-([ecs][0-9]+)/)?.[1];
      return /^[ecs][1-9][0-9]*$/.test(found ?? "") ? found : null;
    };
    const chosen = () => (/^#(?:card-|row-)?([ecs][1-9][0-9]*)$/.exec(location.hash) ?? [])[1];
    const rest = () => (chosen() ? point(chosen()) : off());
    for (const event of ["mouseover", "focusin"])
      reading.addEventListener(event, (happened) => { const id = idOf(happened.target); if (id) point(id); else rest(); });
    reading.addEventListener("mouseleave", rest);
    reading.addEventListener("focusout", rest);
    addEventListener("hashchange", rest);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (location.hash) history.replaceState(null, "", location.pathname + location.search);
      off();
    });
    rest();
  }

  // --- When the page is there ------------------------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", () => {
    const say = JSON.parse(document.body.dataset.say);
    const mode = document.getElementById("mode");
    const label = () => { mode.textContent = dark() ? say.Light : say.Dark; };
    mode.addEventListener("click", () => { root.dataset.mode = dark() ? "light" : "dark"; kept.set("mode", root.dataset.mode); label(); });
    mode.hidden = false;
    label();
    const language = document.getElementById("language");
    language.addEventListener("click", () => { kept.set("language", language.hreflang); language.hash = location.hash; });
    all("form[data-filters]").forEach((form) => filters(form, say));
    if (document.querySelector(".network")) network(say);
    all(".reading").forEach((reading) => roles(reading, say));
  });
})();
