// Everything here is an addition: without it the page is a plain document.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("has-script");

  // One number of clusters at a time; the panels of a wave switch together.
  const chosen = new Map();
  function show(group, k) {
    chosen.set(group, k);
    for (const panels of all(".panels").filter((one) => one.dataset.group === group)) {
      const there = all(":scope > .panel", panels).map((one) => one.dataset.k);
      const shown = there.includes(k) ? k : panels.dataset.drawn;
      for (const panel of all(":scope > .panel", panels)) panel.hidden = panel.dataset.k !== shown;
      for (const radio of all(":scope > .switch input", panels)) radio.checked = radio.value === shown;
    }
    tell();
  }

  // A trust is marked wherever it stands: while pointed at or focused, or kept by a click.
  let kept = "", passing = "", current = "";
  const bar = document.getElementById("marked");
  const barText = document.getElementById("marked-text");
  function mark() {
    const mat = passing || kept;
    if (mat !== current) {
      for (const one of all("[data-mat].on")) one.classList.remove("on");
      if (mat) for (const one of all(`[data-mat="${mat}"]`)) one.classList.add("on");
      current = mat;
    }
    for (const one of all(".chips button")) one.setAttribute("aria-pressed", String(one.dataset.mat === kept));
    for (const one of all(".chips select")) one.value = one.querySelector(`[data-mat="${kept}"]`) ? kept : "";
    for (const one of all("g[data-mat][role]")) one.setAttribute("aria-pressed", String(one.dataset.mat === kept));
    tell();
  }
  function tell() {
    const chips = all(".chips [data-mat]").filter((one) => one.dataset.mat === current);
    const said = chips.map((chip) => {
      const group = chip.closest(".part").id;
      return chip.getAttribute(`data-said-${chosen.get(group)}`) || "";
    });
    const row = current && !chips.length ? document.querySelector(`tr[data-mat="${current}"] > th`) : null;
    const name = chips.length ? chips[0].textContent : row ? row.textContent : "";
    bar.hidden = !current;
    const words = name ? `${name}: ${said.filter(Boolean).join("; ")}`.replace(/: $/, "") : "";
    if (barText.textContent !== words) barText.textContent = words;
  }
  const matOf = (target) => {
    const one = target instanceof Element ? target.closest("[data-mat]") : null;
    return one ? one.dataset.mat : "";
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    passing = matOf(event.target);
    mark();
  });
  document.addEventListener("pointerleave", () => { passing = ""; mark(); });
  document.addEventListener("focusin", (event) => { passing = matOf(event.target); mark(); });
  document.addEventListener("focusout", () => { passing = ""; mark(); });
  function keep(mat) {
    kept = kept === mat ? "" : mat;
    passing = "";
    mark();
  }
  document.addEventListener("click", (event) => {
    const mat = event.target.closest("button:not(.chips button), a, summary, input, select") ? "" : matOf(event.target);
    if (mat) keep(mat);
  });
  for (const one of all(".chips select")) {
    one.addEventListener("change", () => { kept = one.value; passing = ""; mark(); });
  }
  document.getElementById("marked-clear").addEventListener("click", () => { kept = passing = ""; mark(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { kept = passing = ""; mark(); return; }
    const group = event.target.closest ? event.target.closest("g[data-label]") : null;
    if (!group) return;
    const within = all("g[data-label]", group.closest("svg"));
    const place = within.indexOf(group);
    const to = {
      ArrowDown: place + 1, ArrowRight: place + 1, ArrowUp: place - 1, ArrowLeft: place - 1,
      Home: 0, End: within.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = within[(to + within.length) % within.length];
      group.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      keep(group.dataset.mat);
    }
  });
  for (const svg of all("figure svg")) {
    const groups = all("g[data-label]", svg);
    if (!groups.length) continue;
    svg.setAttribute("role", "group");
    groups.forEach((one, place) => {
      one.setAttribute("role", "button");
      one.setAttribute("aria-label", one.dataset.label);
      one.setAttribute("aria-pressed", "false");
      one.setAttribute("tabindex", place ? "-1" : "0");
    });
  }

  for (const panels of all(".panels")) {
    for (const radio of all(":scope > .switch input", panels)) {
      radio.addEventListener("change", () => show(panels.dataset.group, radio.value));
    }
  }
  for (const group of new Set(all(".panels").map((one) => one.dataset.group))) {
    show(group, document.querySelector(`.panels[data-group="${group}"]`).dataset.drawn);
  }

  // Tables: sorted by a click on a heading, filtered by what is chosen and typed.
  const rowsOf = (table) => all("tbody tr", table);
  const valueOf = (cell) => cell.dataset.v ?? cell.textContent.trim();
  function order(table, heading, place) {
    const falling = heading.getAttribute("aria-sort") === "ascending";
    for (const one of all("thead th", table)) one.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const numeric = heading.classList.contains("number");
    const worth = (row) => {
      const text = valueOf(row.cells[place]);
      return numeric ? Number.parseFloat(text.replace("−", "-").replace(/[<,\s]/g, "")) : text;
    };
    const rows = rowsOf(table).map((row, was) => ({ row, was, worth: worth(row) }));
    rows.sort((a, b) => {
      const gaps = numeric
        ? Number(Number.isNaN(a.worth)) - Number(Number.isNaN(b.worth))
        : Number(a.worth === "") - Number(b.worth === "");
      if (gaps) return gaps;
      const way = numeric ? a.worth - b.worth : a.worth.localeCompare(b.worth, "en-GB", { numeric: true });
      return (falling ? -way : way) || a.was - b.was || 0;
    });
    table.tBodies[0].append(...rows.map((one) => one.row));
  }
  function count(box) {
    const by = box.dataset.countedBy;
    const rows = rowsOf(box);
    if (by === undefined) {
      return `${rows.filter((row) => !row.hidden).length} of ${rows.length} ${box.dataset.noun} shown`;
    }
    const groups = new Map();
    for (const row of rows) {
      const name = by.split(" ").map((place) => valueOf(row.cells[place])).join(" ");
      const [shown, there] = groups.get(name) ?? [0, 0];
      groups.set(name, [shown + Number(!row.hidden), there + 1]);
    }
    return `Shown: ${[...groups].map(([name, [shown, there]]) => `${name} ${shown} of ${there}`).join(" · ")}`;
  }
  function sift(box) {
    const search = box.querySelector(".filters input");
    const wanted = search ? search.value.trim().toLowerCase() : "";
    const choices = all(".filters select", box).filter((one) => one.value);
    for (const row of rowsOf(box)) {
      const said = !wanted || row.textContent.toLowerCase().includes(wanted);
      const fits = choices.every((one) => cellText(row.cells[one.dataset.column]) === one.value);
      row.hidden = !(said && fits);
    }
    box.querySelector(".count").textContent = count(box);
  }
  const cellText = (cell) => {
    const copy = cell.cloneNode(true);
    for (const sign of all(".sign", copy)) sign.remove();
    return copy.textContent.trim();
  };
  for (const box of all(".table")) {
    if (rowsOf(box).length > 2) {
      all("thead th", box).forEach((heading, place) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...heading.childNodes);
        button.addEventListener("click", () => order(box.querySelector("table"), heading, place));
        heading.append(button);
      });
    }
    for (const one of all(".filters input, .filters select", box)) one.addEventListener("input", () => sift(box));
    if (box.querySelector(".filters")) sift(box);
  }

  // What does not have to be scrolled is no stop of the keyboard.
  const watch = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      const room = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
      if (room) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const one of all(".scroll")) watch.observe(one);

  // Copying: data as CSV, pictures as PNG to the clipboard or SVG to a file.
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  function csvOf(box) {
    const kept = box.querySelector(":scope > script.csv");
    if (kept) return JSON.parse(kept.textContent);
    const table = box.matches(".table") ? box : box.querySelector(".table");
    const lines = [all("thead th", table).map((one) => quoted(one.textContent.trim())).join(",")];
    for (const row of rowsOf(table)) {
      if (!row.hidden) lines.push([...row.cells].map((one) => quoted(one.dataset.v ?? cellText(one))).join(","));
    }
    return `${lines.join("\n")}\n`;
  }
  const LOOKS = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity",
    "font-family", "font-size", "font-weight", "color",
  ];
  // Browsers tell mixed colours in a notation that other programs do not read.
  const plain = (value) => value.replace(/color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)/, (_, ...parts) =>
    `rgb(${parts.slice(0, 3).map((one) => Math.round(255 * one)).join(", ")})`);
  function svgOf(box) {
    const picture = box.querySelector("img");
    if (picture) {
      const bytes = Uint8Array.from(atob(picture.src.split(",")[1]), (one) => one.charCodeAt(0));
      return { media: picture.src.slice(5).split(";")[0], bytes };
    }
    // A copy on white paper with its looks written out, since the style sheet does not go with it.
    const shelf = document.createElement("div");
    shelf.className = "on-paper hidden";
    const copy = box.querySelector("svg").cloneNode(true);
    for (const one of all(".on", copy)) one.classList.remove("on");
    shelf.append(copy);
    document.body.append(shelf);
    for (const one of all("*", copy)) {
      const look = getComputedStyle(one);
      for (const name of LOOKS) {
        // What is defined to be used elsewhere takes from there what it does not have itself.
        if (one.closest("defs") && !one.hasAttribute(name)) continue;
        one.style.setProperty(name, plain(look.getPropertyValue(name)));
        one.removeAttribute(name);
      }
      for (const name of ["class", "tabindex", "role", "aria-label", "aria-pressed", "data-mat", "data-label"]) one.removeAttribute(name);
    }
    copy.removeAttribute("style");
    copy.setAttribute("role", "img");
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "#ffffff"]]) paper.setAttribute(name, value);
    copy.prepend(paper);
    const text = new XMLSerializer().serializeToString(copy);
    shelf.remove();
    return { media: "image/svg+xml", bytes: new TextEncoder().encode(text) };
  }
  async function pngOf(box) {
    const { media, bytes } = svgOf(box);
    const address = URL.createObjectURL(new Blob([bytes], { type: media }));
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    const scale = Math.max(2, 2000 / image.naturalWidth);
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }
  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    return `Saved as ${name}.`;
  }
  const ACTIONS = {
    async "copy-data"(box, name) {
      const text = csvOf(box);
      try {
        await navigator.clipboard.writeText(text);
        return "Data copied.";
      } catch {
        return save(new Blob([text], { type: "text/csv" }), `${name}.csv`);
      }
    },
    async "save-data"(box, name) {
      return save(new Blob([csvOf(box)], { type: "text/csv" }), `${name}.csv`);
    },
    async "copy-picture"(box, name) {
      const blob = await pngOf(box);
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        return "Picture copied.";
      } catch {
        return save(blob, `${name}.png`);
      }
    },
    async "save-picture"(box, name) {
      const { media, bytes } = svgOf(box);
      const ending = media === "image/png" ? "png" : "svg";
      return save(new Blob([bytes], { type: media }), `${name}.${ending}`);
    },
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const box = button.closest(".table, figure");
    const done = button.closest(".tools").querySelector(".done");
    // A file says of itself which wave it is of, and so whether its answers are the survey's.
    const owner = box.closest(".part").id.replace(/^w-/, "");
    done.textContent = await ACTIONS[button.dataset.do](box, `${owner}-${box.dataset.name}`);
  });
})();
