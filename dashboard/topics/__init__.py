"""The argument: the topics in their order, a line each. A topic is a folder here and one of these lines; README, last section,
says what stands in the folder. Pages, controls, links, presets, the cards of `/` and the tour of the browser tests follow."""

from dashboard.ui.topic import Argument, Topic

TOPICS = Argument(
    Topic("question", "Why does sigmoid slow gradient descent?"),
    Topic("neuron", "Why does one neuron zigzag?"),
    Topic("signs", "Which sign combinations can happen?"),
    Topic("saturation", "Where does the gradient die?"),
    Topic("output", "Is a sigmoid output a problem?"),
    Topic("depth", "How fast does it vanish with depth?"),
    Topic("cures", "What cures it?"),
    Topic("network", "What does it cost in a real network?"),
    Topic("yours", "What about my network?"),
)
