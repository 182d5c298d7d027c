// got with its own lists; where it would wait, it waits for a millisecond.
import got from "got";
import { serve } from "./uploads.mjs";

const retry = { limit: 1, calculateDelay: ({ computedValue }) => Math.min(computedValue, 1) };

serve((url, body) => got.put(url, { body, retry }));
