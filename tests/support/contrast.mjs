// Contrast as defined by WCAG 2, measured on the browser's computed colours.

/**
 * The contrast of every visible text of the page with its background: `[{ text, ratio, needed }]`, lowest first. For a
 * gradient, the base colour counts.
 * @param {import("playwright-core").Page} page
 */
export async function textContrasts(page) {
  const found = await page.evaluate(() => {
    const visible = (/** @type {Element} */ node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const texts = [...document.querySelectorAll("body *")].filter(
      (node) => visible(node) && [...node.childNodes].some((child) => child instanceof Text && child.data.trim()),
    );
    return texts.map((node) => {
      const { color, fontSize, fontWeight } = getComputedStyle(node);
      return { text: node.textContent.trim().slice(0, 40), color, size: parseFloat(fontSize), weight: Number(fontWeight), behind: behind(node) };
    });
    /** @param {Element} node */
    function behind(node) {
      for (let at = /** @type {Element | null} */ (node); at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (!backgroundColor.endsWith(", 0)")) return backgroundColor;
      }
      return "rgb(255, 255, 255)";
    }
  });
  return found
    .map(({ text, color, behind, size, weight }) => {
      const isLarge = size >= 24 || (size >= 18.66 && weight >= 700);
      return { text, ratio: contrast(color, behind), needed: isLarge ? 3 : 4.5 };
    })
    .sort((a, b) => a.ratio - b.ratio);
}

/**
 * The contrast of two custom properties of the page that are colours, such as `--control` and `--surface`.
 * @param {import("playwright-core").Page} page
 * @param {string} one
 * @param {string} other
 */
export async function tokenContrast(page, one, other) {
  const [a, b] = await page.evaluate(
    (names) =>
      names.map((name) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(${name})`;
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      }),
    [one, other],
  );
  return contrast(a, b);
}

/**
 * The contrast ratio of two `rgb(…)` colours, from 1 to 21.
 * @param {string} one
 * @param {string} other
 */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = Array.from(colour.matchAll(/[\d.]+/g), ([part]) => part).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
