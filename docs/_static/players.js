// Players follow the page's theme: where a reader turns the page dark, so do they.
const theme = () => {
  const chosen = document.body.dataset.theme;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return chosen === "dark" || (chosen !== "light" && dark) ? "dark" : "light";
};
const turn = () => {
  for (const player of document.querySelectorAll("iframe.player")) {
    const [page, options] = player.getAttribute("src").split("#");
    const hash = new URLSearchParams(options);
    if (hash.get("theme") === theme()) continue;
    hash.set("theme", theme());
    player.replaceWith(Object.assign(player.cloneNode(), { src: `${page}#${hash}` }));
  }
};
addEventListener("DOMContentLoaded", () => {
  turn();
  new MutationObserver(turn).observe(document.body, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", turn);
});
