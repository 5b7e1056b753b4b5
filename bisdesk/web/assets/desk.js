// What a page of the desk gains where scripts run; without this file everything works too. Words come from the page.

// Whoever made a mistake is led to the summary of what to mend.
document.querySelector(".govuk-error-summary")?.focus();

// Before the session ends its officer is warned, and one click keeps it (E11).
const warning = document.getElementById("session-warning");
if (warning) {
  const form = warning.querySelector("form");
  let timers = [];
  const wait = (seconds) => {
    timers.forEach(clearTimeout);
    const warnIn = Math.max(0, seconds - Number(warning.dataset.before));
    timers = [
      setTimeout(() => { warning.hidden = false; }, warnIn * 1000),
      setTimeout(() => { warning.querySelector("[data-over]").hidden = false; form.hidden = true; }, seconds * 1000),
    ];
  };
  wait(Number(warning.dataset.seconds));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
      if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) return;
      warning.hidden = true;
      wait((await answer.json()).seconds);
    } catch {
      // No connection: the warning stays, and what is sent too late is kept by the server.
    }
  });
}
