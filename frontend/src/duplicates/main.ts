import "./duplicates.css";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import { listenToGroups } from "./actions";

listenToGroups(document, messagesFor(pageLanguage()));
