"""The simulations behind the dashboard: pure functions of frozen settings, numpy and the standard library only.

Where to look:

| topic | modules | what they give |
| --- | --- | --- |
| activations | `activations`, `gaussian` | f, f', their ranges and largest slopes; averages over a Gaussian z |
| one neuron | `inputs`, `stability`, `neuron` | H, kappa, chances that signs agree; edges and best eta; descent and its metrics |
| sign patterns | `signs`, `sign_batches` | what can happen, with a witness; how often it does, in bits; a layer's curvature |
| saturation | `saturation`, `initialisations` | saturated zones, the slope a layer keeps; the named rules for weights |
| output unit | `output`, `softmax` | both costs from logits, descent, the continuous-time answer; softmax |
| depth | `depth`, `depth_engines`, `mean_field`, `depth_theory` | measured networks; q*, chi_1, critical sigma_w; the profile from the first layer on |
| real networks | `network`, `training`, `mlp`, `update_signs`, `curvature`, `ablation`, `digits` | training, what it records, Hessian, the shipped table and its data |

Notation, the same in every module (all quantities are dimensionless):

- `a`: the inputs of a layer, that is the outputs of the layer before it
- `W`, `b`: a layer's weights, shape (units, inputs), and biases, shape (units,)
- `z = W a + b`: the pre-activations; `f`, `df`: an activation and its derivative, so that the output is f(z)
- `delta = dL/dz`: the upstream signal, the gradient of the loss L with respect to the pre-activations
- `dL/dW = delta a^T`: the gradient of one sample; an *update* is minus the gradient times `eta`, the learning rate
- `sigma_w^2 / fan_in`: the variance of a weight; `sigma_b^2`: the variance of a bias
- `mu`, `s`: mean and standard deviation of one input
- `kappa`: the condition number, steepest over flattest curvature; the *steep direction* is the top eigenvector
- `phi`, `Phi`: density and distribution function of the standard normal law

Randomness is an argument: whatever draws takes a `seed` and uses `numpy.random.default_rng(seed)`, so the same settings
give the same numbers everywhere. Bad parameters raise a `ValueError` that names the parameter, its value and its range.
"""
