// npm run quickstart: the whole story once, with real files of this machine. See quickstart/story.ts.
import { tellStory } from "./quickstart/story.ts";

process.exitCode = await tellStory();
