"use strict";
// Shows what /events sends, once a second. Texts are set as text, never as HTML.

const COLOURS = 7;
const NEAR = 0.8; // of a limit
const AGAIN = 5_000; // ms

const at = (id) => document.getElementById(id);
const number = new Intl.NumberFormat();

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function bytes(count) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit++;
  }
  return (unit === 0 ? count : count.toFixed(1)) + " " + units[unit];
}

function span(millis) {
  if (millis < 1000) return millis.toFixed(millis < 10 ? 1 : 0) + " ms";
  if (millis < 120_000) return (millis / 1000).toFixed(1) + " s";
  if (millis < 7_200_000) return Math.round(millis / 60_000) + " min";
  if (millis < 172_800_000) return Math.round(millis / 3_600_000) + " h";
  return Math.round(millis / 86_400_000) + " days";
}

function state(text, quality, why) {
  at("state").textContent = text;
  at("state").className = "pill " + quality;
  at("why").textContent = why || "";
  at("why").hidden = !why;
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

function chart(names, types, seconds) {
  const svg = at("chart");
  const length = names.length ? types[names[0]].length : 1;
  const totals = Array.from({ length }, (_, i) => sum(names.map((name) => types[name][i])));
  const peak = Math.max(1, ...totals);
  const width = 600 / length;
  const bars = [];
  for (let i = 0; i < length; i++) {
    let top = 160;
    for (const name of names) {
      const height = (types[name][i] / peak) * 152;
      if (height > 0) {
        top -= height;
        const colour = "c" + Math.min(names.indexOf(name), COLOURS - 1);
        bars.push(drawn("rect", {
          x: i * width, y: top, width: Math.max(0.5, width - 0.5), height, class: colour,
        }));
      }
    }
  }
  svg.replaceChildren(...bars);
  at("peak").textContent = names.length ? "peak " + number.format(peak / seconds) + " a second" : "";
}

function show(s) {
  at("about").textContent = s.version + " · " + s.database + " · up " + span(s.now - s.startedAt);
  state(s.synced ? "synced" : "not synced: " + s.state, s.synced ? "good" : "bad", s.why);
  document.title = (s.synced ? "" : "! ") + "Wardbell";
  at("sessions").textContent = number.format(s.sessions);
  const refused = Object.entries(s.refused).sort((a, b) => b[1] - a[1]);
  at("refused").textContent = number.format(sum(Object.values(s.refused)))
    + " refused since the start" + (refused.length ? ": " : "")
    + refused.map(([why, count]) => why.replaceAll("_", " ") + " " + number.format(count)).join(", ");
  at("lag").textContent = s.lagMillis === null ? "–" : span(s.lagMillis);
  at("held").textContent = s.held ? bytes(s.held.bytes) : "none";
  at("slot").textContent = !s.held ? "the database keeps nothing for Wardbell"
    : s.held.name + ", cap " + bytes(s.held.bytesMax);

  const names = Object.keys(s.chart.types)
    .sort((a, b) => sum(s.chart.types[b]) - sum(s.chart.types[a]));
  chart(names, s.chart.types, s.chart.seconds);
  at("types").replaceChildren(...names.map((name, i) => {
    const item = element("li");
    item.append(element("i", "", "c" + Math.min(i, COLOURS - 1)), name + " ",
      element("b", number.format(sum(s.chart.types[name]))));
    return item;
  }));
  at("total").textContent = number.format(sum(Object.values(s.notifications)));
  at("rate").textContent = number.format(sum(names.map((n) => sum(s.chart.types[n])))) + " in 5 min";

  at("usages").replaceChildren(...s.usages.map((usage) => {
    const row = element("tr", "", usage.max > 0 && usage.used >= NEAR * usage.max ? "near" : "");
    const bar = element("progress");
    bar.max = Math.max(1, usage.max);
    bar.value = usage.used;
    bar.setAttribute("aria-label", usage.name);
    const middle = element("td");
    middle.append(bar);
    row.append(element("td", usage.name), middle,
      element("td", number.format(usage.used) + " of " + number.format(usage.max)));
    return row;
  }));

  at("quiet").hidden = s.events.length > 0;
  at("events").replaceChildren(...s.events.map((event) => {
    const row = element("tr", "", event.to ? "told" : "");
    const what = element("td", event.what + " ");
    what.append(element("code", event.id));
    row.append(element("td", new Date(event.at).toLocaleTimeString([], { hour12: false })), what,
      element("td", event.to ? "to " + event.to : ""));
    return row;
  }));
}

// A browser connects again by itself when a stream ends, not when it was refused.
function watch() {
  const events = new EventSource("events");
  events.onmessage = (message) => show(JSON.parse(message.data));
  events.onerror = async () => {
    state("no answer from Wardbell", "bad", "");
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(watch, AGAIN);
    try {
      const answer = await fetch("status");
      if (!answer.ok) return;
      show(await answer.json());
      at("about").textContent += " · too many look: this is not live, and tries again";
    } catch { /* Nobody is there. */ }
  };
}
watch();
