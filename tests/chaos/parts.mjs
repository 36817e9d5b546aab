// The parts of the chaos runs. Each has its own table.
import * as jobs from "./jobs.mjs";
import * as reloads from "./reloads.mjs";
import * as upload from "./upload.mjs";

export const parts = {
  jobs: { what: "many at once, through caches, a service worker and outages; one call in five misbehaves", run: jobs.jobs, rows: jobs.rows },
  reloads: { what: "at random moments, through caches, a service worker and outages; one call in five misbehaves", run: reloads.reloads, rows: reloads.rows },
  upload: { what: "a large file, one part in five fails", run: upload.upload, rows: upload.rows },
};
