// undici's request through its RetryAgent with its own lists. (Its fetch has no body left for a second post.)
import { Agent, request, RetryAgent } from "undici";
import { mustBeOk, serve } from "./uploads.mjs";

const dispatcher = new RetryAgent(new Agent(), { maxRetries: 1, minTimeout: 1 });

serve(async (url, body) => {
  const { statusCode: status } = await request(url, { method: "PUT", body, dispatcher });
  mustBeOk({ ok: status >= 200 && status <= 299, status });
});
