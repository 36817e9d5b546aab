// The requests that may carry a key, and the characters that ids may have.

export const title = "Keys and ids";

export const differences = [
  {
    id: "key-to-fal-only",
    here: "a key goes to `https` hosts of fal's and, where `config` names it, to the caller's proxy and along the route of the caller's middleware, over `https`, to the page's own origin or to this machine; nowhere that an endpoint id, an answer or a redirect leads",
    there: "to any host that ends in `fal.run` or `fal.ai`, `notfal.run` for one, and over `http`",
    because: "configuration is trusted, data is not: keys leak, where users choose the endpoint",
  },
  {
    id: "bad-ids",
    here: "endpoint ids and request ids that would lead elsewhere (`..`, `?`, `#`, empty parts, no alias) are refused before anything is sent",
    there: "pasted into the URL",
    because: "ids often come from a user",
  },
  {
    id: "trailing-slash",
    here: "a slash at the end of an endpoint id is left out",
    there: "sent",
    because: "it is the same endpoint",
    at: /^requests\.\d+\.url$/,
    holds: ({ theirs, ours }) => theirs === `${ours}/`,
  },
  {
    id: "one-authorization",
    here: "an `Authorization` header of the caller's takes the place of the key",
    there: "both are sent in one header, separated by a comma",
    because: "no server takes two for one",
    at: /^requests\.\d+\.headers\.authorization$/,
    holds: ({ theirs, ours }) => theirs.endsWith(`, ${ours}`),
  },
];
