/** True for HTTPS, and for plain HTTP that stays on this machine: nobody can answer in the owner's place. */
export function isTrustworthyUrl({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  const isHere =
    hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  return protocol === "http:" && isHere;
}
