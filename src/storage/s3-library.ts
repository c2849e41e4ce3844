import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

/** The parts of the library that stores need, by their names: what is built holds these and nothing else of it. */
export interface S3Library {
  readonly DeleteObjectCommand: typeof DeleteObjectCommand;
  readonly GetObjectCommand: typeof GetObjectCommand;
  readonly ListObjectsV2Command: typeof ListObjectsV2Command;
  readonly PutObjectCommand: typeof PutObjectCommand;
  readonly S3Client: typeof S3Client;
}

export const s3Library: S3Library = {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
};
