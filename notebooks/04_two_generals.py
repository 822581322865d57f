# %% [markdown] lang="en"
# # The two generals
#
# Two generals must attack together or not at all, and can only send messengers, who may be caught.
# General 1 proposes; then each acknowledges the other's last message. **Predict**: with enough
# acknowledgements, can they be certain?

# %% [markdown] lang="fr"
# # Les deux généraux
#
# Deux généraux doivent attaquer ensemble ou pas du tout, et n'ont que des messagers, qui peuvent
# être capturés. Le général 1 propose ; puis chacun accuse réception du dernier message de l'autre.
# **Prédisez** : avec assez d'accusés de réception, peuvent-ils être certains ?

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## Run
#
# A general attacks if every message addressed to him arrived. A messenger is caught three times in
# ten.

# %% [markdown] lang="fr"
# ## Exécutez
#
# Un général attaque si tous les messages qui lui étaient adressés sont arrivés. Un messager est
# capturé trois fois sur dix.

# %%
from experiments.catalogue.two_generals import TwoGenerals
from experiments.interactive.exercise import check
from experiments.interactive.tables import table

rows = {}
for stages in (1, 2, 3, 5, 10):
    rows[stages] = TwoGenerals(stages=stages, loss=0.3, messages=2_000).measure(0)
table(rows, LANGUAGE, "two_generals", corner="stages")

# %% [markdown] lang="en"
# **Explain**: the last message is never acknowledged. Whoever sends it cannot know whether it
# came; if it did not, he attacks alone. Another acknowledgement does not help: it is now the last
# one. The risk becomes small only because the attack itself becomes rare.
#
# More messengers for each message do better, yet never reach zero:

# %% [markdown] lang="fr"
# **Expliquez** : le dernier message n'est jamais acquitté. Celui qui l'envoie ne peut savoir s'il
# est arrivé ; s'il ne l'est pas, il attaque seul. Un accusé de plus n'y change rien : c'est lui,
# maintenant, le dernier. Le risque ne devient petit que parce que l'attaque elle-même devient rare.
#
# Plusieurs messagers par message font mieux, sans jamais atteindre zéro :

# %%
from simulator import theory

rows = {
    messengers: {
        "both": theory.generals_both(3, messengers, 0.3),
        "exactly_one": theory.generals_exactly_one(3, messengers, 0.3),
    }
    for messengers in (1, 2, 4, 8)
}
table(rows, LANGUAGE, "two_generals", corner="messengers")

# %% [markdown] lang="en"
# ## A hand on the slider
#
# Two hundred campaigns, run again at each move; the marks are theory. **Predict**: can you find
# values, other than a messenger who is never caught, where nobody ever attacks alone while the two
# do attack?

# %% [markdown] lang="fr"
# ## La main sur le curseur
#
# Deux cents campagnes, simulées de nouveau à chaque mouvement ; les marques sont la théorie.
# **Prédisez** : trouverez-vous des valeurs, autres qu'un messager jamais capturé, où personne
# n'attaque jamais seul alors que les deux attaquent ?

# %%
from experiments.interactive.chart import chart
from experiments.interactive.explore import explore
from experiments.interactive.names import called


def campaigns(stages=3, messengers=1, caught=0.3):
    model = TwoGenerals(stages=stages, messengers=messengers, loss=caught, messages=200, seed=2)
    both = theory.generals_both(stages, messengers, caught)
    one = theory.generals_exactly_one(stages, messengers, caught)
    seen = model.measure(0)
    figure, axes = chart(LANGUAGE, "share")
    names = [called(name, LANGUAGE, "two_generals") for name in seen]
    axes.bar(names, list(seen.values()), width=0.5)
    axes.plot(names, [both, one, 1 - both - one], "k_", markersize=60)
    axes.set_ylim(0, 1)
    return figure


explore(campaigns, LANGUAGE, stages=(1, 8), messengers=(1, 4), caught=(0.0, 0.9, 0.1))

# %% [markdown] lang="en"
# ## Every world
#
# Three messages in the chain, one messenger each. The network has only four worlds: the messenger
# of the first message is caught, or of the second, or of the third, or none. **Predict**: in how
# many of them does one general attack alone, and with which probability, if a messenger is caught
# half of the time?

# %% [markdown] lang="fr"
# ## Tous les mondes
#
# Trois messages dans la chaîne, un messager chacun. Le réseau n'a que quatre mondes : le messager
# du premier message est capturé, ou celui du deuxième, ou celui du troisième, ou aucun.
# **Prédisez** : dans combien d'entre eux un général attaque-t-il seul, et avec quelle probabilité,
# si un messager sur deux est capturé ?

# %%
from simulator import At, Constant, Link, worlds

MESSAGES = 3
alone = ...


def campaign(net, _):
    one, two = net.node("general 1"), net.node("general 2")
    net.connect(one, two, Link(delay=Constant(1.0)))
    heard = []

    def listen(general, other):
        @general.on("attack")
        def hear(message):
            heard.append(message.data)
            if message.data < MESSAGES:
                general.notify(other, "attack", message.data + 1)

    listen(one, two)
    listen(two, one)
    one.notify(two, "attack", 1)
    net.run()
    return len(heard) == MESSAGES - 1  # the last message alone is missing


every = worlds(campaign, workload=At(times=(0.0,)))
print(every.count, every.polynomial("violated"), every.explain(LANGUAGE), sep="\n")
check(alone, float(every.probability("violated", loss=0.5)), LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: in one, whose probability is p (1 − p)² = p − 2p² + p³. A longer chain has one more
# world, and again one in which the last messenger alone is caught: that is the proof. No protocol
# with a last message escapes it.

# %% [markdown] lang="fr"
# **Expliquez** : dans un seul, de probabilité p (1 − p)² = p − 2p² + p³. Une chaîne plus longue a
# un monde de plus, et toujours un monde où seul le dernier messager est capturé : c'est la preuve.
# Aucun protocole qui a un dernier message n'y échappe.

# %% [markdown] lang="en"
# ## Exercise
#
# Two messages in the chain, one messenger each, caught half of the time. With which probability
# does exactly one general attack?
#
# <details>
# <summary>Hint</summary>
#
# Who attacks if the first messenger is caught? And if only the second one is?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# If the first messenger is caught, nobody attacks. One general attacks alone if the first comes
# through and the second is caught: 0.5 × 0.5 = 0.25.
#
# </details>

# %% [markdown] lang="fr"
# ## Exercice
#
# Deux messages dans la chaîne, un messager chacun, capturé une fois sur deux. Avec quelle
# probabilité un seul général attaque-t-il ?
#
# <details>
# <summary>Indice</summary>
#
# Qui attaque si le premier messager est capturé ? Et si seul le second l'est ?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Si le premier messager est capturé, personne n'attaque. Un général attaque seul si le premier
# passe et que le second est capturé : 0,5 × 0,5 = 0,25.
#
# </details>

# %%
answer = ...

seen = TwoGenerals(stages=2, messengers=1, loss=0.5, messages=5_000).measure(0)
check(answer, seen["exactly_one"], LANGUAGE)
