// The numbers statfs gives, of file systems that show the kernel's state and hold no data of their own.
const pseudoTypes: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x6165676c, // pstore
  0xcafe4a11, // bpf
  0x62656570, // configfs
  0x19800202, // mqueue
  0x958458f6, // hugetlbfs
  0x42494e4d, // binfmt_misc
  0x0187, // autofs: a look inside would mount it
  0x65735543, // fusectl
  0xde5e81e4, // efivarfs
  0xf97cff8c, // selinux
  0x6e736673, // nsfs
  0x67596969, // rpc_pipefs
]);

/** True for file systems that are pictures of the kernel, such as /proc. */
export function isPseudoFileSystem(type: number): boolean {
  return pseudoTypes.has(type >>> 0);
}
