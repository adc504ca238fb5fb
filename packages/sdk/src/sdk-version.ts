/** Name and version of the instrumentation scope of every span that this package makes. */
export const SDK_NAME = "@nightowl/sdk";
export const SDK_VERSION = "0.1.0";
