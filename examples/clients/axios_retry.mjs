// axios with axios-retry's own condition.
import axios from "axios";
import axiosRetry from "axios-retry";
import { serve } from "./uploads.mjs";

axiosRetry(axios, { retries: 1, retryDelay: () => 1 });

serve((url, body) => axios.put(url, body));
