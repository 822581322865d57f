// Words: what the page says, in the language that it speaks now.

let language = given.language;

function say(name, about = "") {
  return words[language][name].replace("{}", () => about);
}
function number(value) {
  return String(value).replace(".", say("decimal"));
}
function seconds(ns) {
  return number((ns / 1e9).toFixed(given.decimals));
}
function nodeName(node) {
  const name = nodes[node];
  return ["sender", "receiver", "broker"].includes(name) ? say(name) : name;
}
function linkName(link) {
  return links[link].map(nodeName).join("→");
}
function messageName({ message, attempt, copy }) {
  const which = attempt > 1 ? say("attempt", attempt) : "";
  return say("message", message) + which + (copy ? say("copy") : "");
}
function valueName(column, value) {
  if (value === null) return "–";
  if (column === "belief") return say("belief_" + value);
  return column.endsWith("_s") ? `${seconds(value)} s` : number(value);
}
function tell(row) {
  const where = row.node >= 0 ? nodeName(row.node) : linkName(row.link);
  const what = row.message < 0 ? where : messageName(row);
  return `${seconds(row.ns)} s · ${where} · ${say(row.event, what)}`;
}
