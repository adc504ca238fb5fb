import { createClient } from "@nightowl/model/client/create-client";

/** The server that served this page. */
const client = createClient({ baseUrl: "" });

/** Calls one entry of the contract; rejects with `ApiCallError`, or with the abort's own reason. */
export const call: typeof client.call = (route, input, options) => client.call(route, input, options);

/** How a call fails. */
export { ApiCallError as CallError } from "@nightowl/model/client/create-client";
