// What a page gains where scripts run; without this file everything works too. Words come from the page, never from here.

const status = (id, text) => {
  const place = document.getElementById(id);
  if (place) place.textContent = text;
};

// Whoever made a mistake is led to the summary of what to mend.
document.querySelector("[data-focus]")?.focus();

// A password may be looked at; it is hidden again before it is sent, so that no browser keeps it as plain text.
for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  if (!field) continue;
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-label", shown ? button.dataset.hideLabel : button.dataset.showLabel);
  };
  show(false);
  button.hidden = false;
  button.addEventListener("click", () => {
    show(field.type === "password");
    status(button.dataset.status, field.type === "password" ? button.dataset.nowHidden : button.dataset.nowShown);
  });
  field.form?.addEventListener("submit", () => show(false));
}

// The secret of the app goes to the clipboard without the spaces that help reading it.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.replace(/\s/g, ""));
      status(button.dataset.status, button.dataset.copied);
    } catch {
      status(button.dataset.status, button.dataset.notCopied);
    }
  });
}

// The phone that gets the SMS may fill in its code; the person still sends the form.
const field = document.querySelector("input[data-from-sms]");
if (field && "OTPCredential" in window) {
  const ended = new AbortController();
  field.form?.addEventListener("submit", () => ended.abort());
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: ended.signal })
    .then((answer) => {
      if (answer?.code && !field.value) field.value = answer.code;
    })
    .catch(() => {}); // no SMS came, or the person said no: typing works as ever
}
