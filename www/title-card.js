// Without a picture, the emulator draws the prompt on a card. Its typeface has no emoji, and no letters of many scripts.

/** The characters of its typeface: Latin, Greek, Cyrillic, and those that these share, such as digits. */
const DRAWN = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}/u;
const IN_THE_TYPEFACE = /[©®™]/u;
/** As many characters as are named. */
const NAMED = 6;

/**
 * Says which characters of a prompt the stand-in leaves out; nothing if there are none.
 * @param {string} prompt
 */
export function describeUndrawn(prompt) {
  const characters = [...new Intl.Segmenter().segment(prompt)].map(({ segment }) => segment);
  const undrawn = [...new Set(characters.filter((it) => !DRAWN.test(it) || (EMOJI.test(it) && !IN_THE_TYPEFACE.test(it))))];
  if (undrawn.length === 0) return "";
  const named = undrawn.slice(0, NAMED).join(" ");
  const more = undrawn.length > NAMED ? " and others" : "";
  return `The stand-in’s title card has Latin, Greek and Cyrillic letters only, and leaves out ${named}${more}. A model reads the whole prompt.`;
}
