// Every page of the desk loads this module: the public parts, and the keys.

import "./main.js";
import { start } from "./desk.js";

start(document);
