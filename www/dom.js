// The few things every part of the page needs from the document.

/** The element with this id. */
export const $ = (id) => document.getElementById(id);

/** A new element that holds `text`, as text. */
export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Tells a screen reader, when it is next silent. */
export const announce = (text) => speak($("voice"), text);

/** Tells a screen reader at once. */
export const sayLoud = (text) => speak($("alarm"), text);

function speak(region, text) {
  // The same words twice are no change, and no change is not read: empty first.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

/** Makes `button` copy the text of `source`, and say so on itself and aloud. */
export function copyOnClick(button, source, said) {
  const label = button.textContent;
  let reset;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
      clearTimeout(reset);
      reset = setTimeout(() => (button.textContent = label), 2000);
      announce(said);
    } catch {
      // Not a secure origin, or refused: leave the text selected for the person to copy.
      getSelection().selectAllChildren(source);
      announce("The browser did not allow copying. The text is selected: copy it with the keyboard.");
    }
  });
}

/** Bytes in words: `1.2 MB`. */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, size] = bytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  const value = bytes / size;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
