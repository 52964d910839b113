"""Libraries that are not here, by what becomes of an import of them.

The kata allows NumPy and the standard library. This is the one place that says of the others
which only show things, and do nothing here, and which compute, and are the learner's to replace.
"""

SHOWS = frozenset(
    "alive_progress altair antigravity beartype black bokeh colorama colorlog fastprogress "
    "google gradio graphviz holoviews hypothesis icecream idlelib ipykernel IPython ipywidgets "
    "jaxtyping jupyter line_profiler loguru marimo matplotlib matplotlib_inline memory_profiler "
    "mpl_toolkits nbformat nbgrader notebook nptyping numba otter pandas_profiling plotly plotnine "
    "prettytable progressbar pygments pylab pyplot pytest pytest_benchmark rich seaborn "
    "streamlit tabulate tensorboard termcolor termplotlib texttable this tkinter torchinfo "
    "torchsummary torchtyping torchviz tqdm traitlets turtle turtledemo typeguard "
    "typing_extensions wandb".split()
)
"""Those that draw, show progress, test or annotate: what the functions return hangs on none."""
COMPUTES = frozenset(
    "absl accelerate albumentations attr autograd bertviz bottleneck catboost causal_conv1d "
    "chainer click cupy cv2 cvxpy cython dask datasets deepspeed dotenv einops einx equinox "
    "evaluate faiss fastai fire flash_attn flax functorch gensim gym gymnasium h5py haiku hydra "
    "imageio jax jaxlib joblib keras keras_core keras_nlp librosa lightgbm lightning llvmlite "
    "mindspore mlx more_itertools mpmath mxnet networkx nltk numexpr nvidia omegaconf onnx "
    "onnxruntime opt_einsum optax optuna paddle pandas peft PIL pip polars psutil pyarrow pycuda "
    "pydantic pytorch_lightning pywt safetensors scipy sentence_transformers sentencepiece "
    "skimage sklearn skorch spacy sparse statsmodels sympy tensorflow tensorflow_datasets "
    "tensorflow_probability tf_keras theano tiktoken timm tinygrad tokenizers torch torchaudio "
    "torchmetrics torchtext torchvision transformers triton typer xarray xformers "
    "xgboost yaml".split()
)
"""Those that compute."""
SETS = frozenset(
    "compile device device_count disable_eager_execution enable_grad function get_logger "
    "inference_mode is_available jit list_logical_devices list_physical_devices manual_seed "
    "manual_seed_all njit no_grad run_functions_eagerly script seed seed_everything set_config "
    "set_default_device set_default_dtype set_default_tensor_type set_floatx set_grad_enabled "
    "set_memory_growth set_num_threads set_option set_printoptions set_random_seed set_seed "
    "set_verbosity set_verbosity_error use_deterministic_algorithms".split()
)
"""What of them computes nothing: it sets something, asks for a machine, or marks a function."""
FETCHES = frozenset(
    "aiohttp anthropic bs4 gdown httpx huggingface_hub kaggle kaggle_secrets kagglehub openai "
    "requests urllib3 websockets wget yfinance".split()
)
"""Those that are of no use without a network."""
DEBUGS = frozenset("ipdb pdbpp pudb pydevd debugpy pysnooper remote_pdb web_pdb".split())
"""Those that stop a program for somebody to look at it."""
KINDS = {
    **dict.fromkeys(SHOWS, "shows"),
    **dict.fromkeys(COMPUTES, "computes"),
    **dict.fromkeys(FETCHES, "fetches"),
    **dict.fromkeys(DEBUGS, "debugs"),
}
"""What each of them does."""
READY = frozenset("softmax log_softmax logsumexp Softmax".split())
"""What they have ready of what exercises ask for, wherever it stands."""
READY_IN = frozenset("nn functional special layers linen extmath".split())
"""The parts of them in which everything is such."""
