// A certificate for the hosts that the tests' browser looks for on this machine. Each run makes a new one: a key in the
// repository would trigger every secret scanner.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const COMMON_NAME = oid("2.5.4.3");
const DAY_MS = 86_400_000;

/** `{ key, cert }` in PEM, self-signed, P-256, valid from yesterday until tomorrow (RFC 5280 §4.1). */
export function makeCertificate(name = "conformance.test") {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const who = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    who,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    who,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: pem(sequence(body, ECDSA_WITH_SHA256, der(0x03, signature))),
  };
}

/** @param {Buffer[]} parts */
function sequence(...parts) {
  return der(0x30, Buffer.concat(parts));
}

/**
 * @param {number} tag
 * @param {Buffer} content
 */
function der(tag, content) {
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

/**
 * @param {number} bytes
 * @returns {number[]}
 */
function length(bytes) {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}

/** @param {string} dotted */
function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** @param {number} number */
function base128(number) {
  const digits = [number & 0x7f];
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/**
 * Encodes a UTCTime. The format is valid until 2049.
 * @param {number} ms
 */
function time(ms) {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

/** @param {Buffer} bytes */
function pem(bytes) {
  const lines = Array.from(bytes.toString("base64").matchAll(/.{1,64}/g), ([line]) => line).join("\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
