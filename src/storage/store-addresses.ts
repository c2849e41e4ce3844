import type { HostPolicy } from "./host-policy.ts";
import { portRule } from "./host-policy.ts";
import {
  parseContainerUrl,
  parseEndpoint,
  parseHostKey,
  parseHostName,
  parsePrefix,
  parseSftpPath,
  type ContainerAddress,
} from "./store-address.ts";

const smbPort = 445;

/** Reads and judges addresses of stores under one list of allowed hosts; touches nothing. */
export interface StoreAddressReader {
  parseContainerUrl(text: string): ContainerAddress;
  parseEndpoint(text: string): string;
  parsePrefix(text: string): string;
  parseHostName(text: string): string;
  parseSftpPath(text: string): string;
  parseHostKey(text: string): string;
  checkHost(host: string, port: number): void;
  checkUrl(url: string): void;
  smbPort(server: string, port: number | null): number;
}

export function createAddressReader(
  hosts: HostPolicy,
  allowedHosts: readonly string[] | undefined,
): StoreAddressReader {
  return {
    parseContainerUrl,
    parseEndpoint,
    parsePrefix,
    parseHostName,
    parseSftpPath,
    parseHostKey,
    checkHost: (host, port) => hosts.check(host, port, false),
    checkUrl: (text) => {
      const url = new URL(text);
      const isPlainHttp = url.protocol === "http:";
      const port = url.port === "" ? (isPlainHttp ? 80 : 443) : Number(url.port);
      hosts.check(url.hostname, port, isPlainHttp);
    },
    smbPort: (server, port) => port ?? portRule(allowedHosts, server) ?? smbPort,
  };
}
