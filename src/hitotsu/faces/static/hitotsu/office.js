"use strict";

// Everything here makes the office faster to use; every page works without it.
(() => {
  const KEYS_OFF = "hitotsu-keys-off";
  const EDITED = "hitotsu-edited:";

  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(element.type || "");

  const work = () => document.getElementById("work");

  // Keys of the review
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (!work()?.hasAttribute("data-review") || localStorage.getItem(KEYS_OFF)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (!/^[a-z?]$/.test(key)) return;
    const target = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => one.offsetParent !== null);
    if (!target) return;
    event.preventDefault();
    target.click();
  });

  // 修正する and 分割する open their form and put the cursor into it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href="#correction"], a[href="#splitting"]');
    if (!link) return;
    const box = document.querySelector(link.getAttribute("href"));
    if (!box) return;
    event.preventDefault();
    box.open = true;
    box.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    box.scrollIntoView({ block: "nearest" });
  });

  // What is being typed survives a look at another initiative, a reload and "back".
  const kept = (form) => EDITED + form.dataset.keep;
  const fields = (form) =>
    [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
  const said = (form, text) => {
    const place = form.querySelector(".kept");
    if (place) place.textContent = text;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-keep]");
    if (!form) return;
    const values = fields(form).map((field) => (field.type === "checkbox" ? field.checked : field.value));
    sessionStorage.setItem(kept(form), JSON.stringify(values));
  });
  const restore = () => {
    for (const form of document.querySelectorAll("form[data-keep]")) {
      const stored = sessionStorage.getItem(kept(form));
      if (!stored || form.querySelector(".error-summary")) continue;
      const values = JSON.parse(stored);
      const present = fields(form);
      if (values.length !== present.length) continue;
      present.forEach((field, index) => {
        if (field.type === "checkbox") field.checked = values[index];
        else field.value = values[index];
      });
      const box = form.closest("details");
      if (box) box.open = true;
      said(form, "入力の途中です。まだ保存していません。");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-keep]");
    if (form) sessionStorage.removeItem(kept(form));
    const upload = event.target.closest?.("form[data-upload]");
    if (upload) {
      upload.querySelector("button").setAttribute("aria-disabled", "true");
      upload.querySelector(".upload-state").textContent =
        "文書を送っています。ページの多い文書は、続けて読み取りの進み具合を表示します。";
    }
  });

  // A file may be dropped on the form.
  const prepareDrop = () => {
    for (const zone of document.querySelectorAll(".drop-zone:not([data-ready])")) {
      zone.dataset.ready = "1";
      zone.querySelector(".drop-hint").hidden = false;
      zone.addEventListener("dragover", (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
      zone.addEventListener("dragleave", () => zone.classList.remove("over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        if (event.dataTransfer.files.length) zone.querySelector("input[type=file]").files = event.dataTransfer.files;
      });
    }
  };

  // The panes show what is selected.
  const reveal = (pane, target, room) => {
    if (pane && target) pane.scrollTop = target.offsetTop - room;
  };
  const showSelected = () => {
    const source = document.querySelector(".source-lines");
    const asked = new URLSearchParams(location.search).get("line");
    reveal(source, (asked && document.getElementById(`line-${asked}`)) || source?.querySelector(".in-item"), 48);
    const list = document.querySelector(".item-list");
    reveal(list, list?.querySelector('[aria-current="true"]')?.parentElement, 96);
    const keys = document.getElementById("keys-on");
    if (keys) {
      keys.checked = !localStorage.getItem(KEYS_OFF);
      keys.addEventListener("change", () => {
        if (keys.checked) localStorage.removeItem(KEYS_OFF);
        else localStorage.setItem(KEYS_OFF, "1");
      });
    }
  };

  const ready = () => {
    prepareDrop();
    restore();
    showSelected();
  };
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:afterSettle", ready);
  window.addEventListener("pageshow", (event) => {
    for (const button of document.querySelectorAll("form[data-upload] button")) button.removeAttribute("aria-disabled");
    if (event.persisted) restore();
  });

  // An answer that is no page of the office must not empty the screen.
  const trouble = (text) => {
    const notice = document.getElementById("notice");
    const banner = document.createElement("div");
    banner.className = "banner danger notice";
    const words = document.createElement("p");
    words.textContent = text;
    banner.append(words);
    notice.replaceChildren(banner);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.shouldSwap && !event.detail.xhr.responseText.includes('id="work"')) {
      event.detail.shouldSwap = false;
      trouble("操作を受け付けられませんでした。画面を読み直してから、もう一度行ってください。");
    }
  });
  document.addEventListener("htmx:sendError", () =>
    trouble("サーバーにつながりません。ネットワークを確かめて、もう一度行ってください。"),
  );
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) trouble("サーバーで問題が起きました。少し待ってから、もう一度行ってください。");
  });
})();
