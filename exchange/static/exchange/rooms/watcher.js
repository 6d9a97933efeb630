// The watcher's screen: the same stream as the bidders', nothing to press.

import { Screen } from "./screen.js";

new Screen().start();
