// fetch-retry with the condition that most people write.
import fetchRetry from "fetch-retry";
import { mustBeOk, serve } from "./uploads.mjs";

const retryOn = (attempt, error, response) => attempt < 1 && (error !== null || response.status >= 400);
const fetchAgain = fetchRetry(fetch, { retryDelay: 1, retryOn });

serve(async (url, body) => mustBeOk(await fetchAgain(url, { method: "PUT", body })));
