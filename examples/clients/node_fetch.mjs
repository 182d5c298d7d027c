// Node's own fetch, which has no retries.
import { mustBeOk, serve } from "./uploads.mjs";

serve(async (url, body) => mustBeOk(await fetch(url, { method: "PUT", body })));
