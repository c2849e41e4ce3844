import type { IncomingMessage } from "node:http";
import type { Trace } from "./access-line.ts";
import { chooseApiVersion } from "./api-version.ts";
import type { Address, AddressReader, Aim } from "./read-address.ts";
import { chooseEndpoint } from "./router.ts";

/** What the request means, as far as its first line tells; for the same line it is found out once. */
export function takeAim(readAddress: AddressReader, request: IncomingMessage, trace: Trace): Aim {
  const { method = "GET" } = request;
  // Path: `//`, casing, trailing slash and encoding are settled once; everything later sees the result.
  const address = readAddress(request.url ?? "/");
  const aim = address.aims.get(method) ?? findAim(address, method, trace);
  trace.apiVersion = aim.apiVersion;
  trace.route = aim.action.path;
  trace.aim = aim;
  return aim;
}

function findAim(address: Address, method: string, trace: Trace): Aim {
  const { target, match } = address;
  // Version: decides what the path means.
  const apiVersion = chooseApiVersion(target, match.apiVersions);
  trace.apiVersion = apiVersion;
  const endpoint = chooseEndpoint(match, method, apiVersion);
  const path = endpoint.kind === "poll" ? endpoint.path : endpoint.route.path;
  const action = { method, path, params: match.params };
  const aim: Aim = { address, apiVersion, endpoint, action };
  address.aims.set(method, aim);
  return aim;
}
