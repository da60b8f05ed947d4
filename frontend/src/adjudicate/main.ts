import "./adjudicate.css";
import { pageLanguage } from "../shared/language";
import { messagesFor } from "../shared/messages";
import { listenForRulings } from "./actions";

listenForRulings(document, messagesFor(pageLanguage()));
