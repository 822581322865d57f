// What stands above each run, its title and its counters; and the help.

const READ = ["side", "ring", "down", "still", "touch"];

let figures = []; // of each run: the elements of its counters
let written = []; // what they say

function titleOf(run) {
  return runs[run].title[language] ?? say("title");
}
function nameRuns() {
  const totals = stateAfter(rows.length).counts;
  figures = runs.map(({ counters }, run) =>
    counters.map((counter, place) => {
      const figure = make("strong", "0");
      figure.dataset.counter = counter;
      figure.style.minWidth = `${`${totals[run][place]}`.length}ch`; // no word moves as it grows
      return figure;
    }),
  );
  written = figures.map((theirs) => theirs.map(() => 0));
  const cells = runs.map(({ counters }, run) => {
    const [cell, head, list] = ["section", "header", "ul"].map((tag) => make(tag, ""));
    const title = make("h1", titleOf(run));
    if (letterOf(run)) title.prepend(make("span", letterOf(run)), " ");
    counters.forEach((counter, place) => {
      const item = make("li", "");
      item.append(figures[run][place], say("counter_" + counter));
      list.append(item);
    });
    head.append(title, ...(counters.length ? [list] : []));
    cell.append(head);
    return cell;
  });
  $("runs").replaceChildren(...cells);
}

// After so many events.
function showCounts(shown) {
  const { counts } = stateAfter(shown);
  counts.forEach((theirs, run) => {
    theirs.forEach((count, place) => {
      if (count === written[run][place]) return;
      figures[run][place].textContent = written[run][place] = count;
    });
  });
}

// -------------------------------------------------------------------------------------- the help

function openHelp() {
  pause();
  $("help-page").showModal();
}
function nameHelp() {
  $("help-word").textContent = $("help").ariaLabel = $("help").title = say("help");
  $("close").ariaLabel = $("close").title = say("close");
  const counters = [...new Set(runs.flatMap((run) => run.counters))];
  const parts = [
    ["counters", counters.map((name) => [[say("counter_" + name)], say("means_" + name)])],
    ["picture", READ.map((name) => [[say("read_" + name)], say("picture_" + name)])],
    ["keys", HELP.map(([word, ...keys]) => [keys.map(keyName), say(word)])],
  ];
  const made = parts.filter(([, lines]) => lines.length).flatMap(([part, lines]) => {
    const list = make("dl", "", { id: part });
    for (const [names, meaning] of lines) {
      const term = make("dt", "");
      for (const name of names) term.append(make(part === "keys" ? "kbd" : "span", name), " ");
      list.append(term, make("dd", meaning));
    }
    return [make("h3", say("help_" + part)), list];
  });
  $("help-parts").replaceChildren(...made);
}
function keyName(key) {
  return words[language][key] ?? key;
}
