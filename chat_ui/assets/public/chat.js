// Keeps the badge (which model answers, on which data) on screen, and the privacy sentence on the welcome screen.
const about = new URL("about.json", document.currentScript.src);
const badge = document.createElement("div");
badge.id = "liquidity-badge";
badge.setAttribute("role", "status");

async function refresh() {
  try {
    const { badge: text, source, privacy } = await (await fetch(about, { cache: "no-store" })).json();
    badge.textContent = text;
    badge.title = privacy;
    badge.dataset.source = source;
    document.documentElement.style.setProperty("--privacy", JSON.stringify(privacy));
  } catch {
    badge.textContent = "not connected";
    badge.dataset.source = "none";
  }
}

// Follow the system's theme until the user picks one; Chainlit's own setting knows only light and dark.
if (!localStorage.getItem("vite-ui-theme")) localStorage.setItem("vite-ui-theme", "system");
document.body.append(badge);
refresh();
// A page left open may outlive its server, and meet one with other data.
setInterval(refresh, 15_000);
document.addEventListener("visibilitychange", refresh);
